/* transform/library_internal: what the files of the library share. */
#ifndef SLUICE_TRANSFORM_LIBRARY_INTERNAL_H
#define SLUICE_TRANSFORM_LIBRARY_INTERNAL_H

#include "base/map.h"
#include "transform/library.h"

enum { SPEC_MOST = 1 << 20, SHEET_MOST = 64 << 20 };

struct conf_line {
  str name, text;
  struct place place;
  bool asked;
};

struct library {
  const char *site, *installed;
  struct arena *arena;
  struct complaints *wrong;
  struct map *schemas, *tables, *sheets, *sources, *transforms;
  struct conf_line *conf;
  size_t conf_count;
  bool has_conf, ask_later;
  struct library_file *files;
  size_t file_count;
};

/* Reads FOLDER/NAME of the site or the share folder; NULL and *missing when it is in neither. */
const struct source *library_source(struct library *library, str name, size_t most, bool *missing);
void library_read_conf(struct library *library); /* library_conf.c */

#endif
