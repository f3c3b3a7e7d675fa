/* job/doctor_internal: what the parts of job/doctor share. */
#ifndef SLUICE_JOB_DOCTOR_INTERNAL_H
#define SLUICE_JOB_DOCTOR_INTERNAL_H

#include "job/doctor.h"

void doctor_say(struct doctor *doctor, const char *check, bool good, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
/* Is SL there, has it the columns that we know, does its Process Manager work? */
void doctor_look_at_sl(struct doctor *doctor);

/* Where the site carries: does Amazon let us in, and with which roles? */
void doctor_look_at_amazon(struct doctor *doctor);

#endif
