/* job/sl_run: may a run act on SL at all? */
#include "job/sl_run.h"
#include "job/sl.h"
#include "load/control.h"

enum outcome sl_last_run(const struct site *site, str site_id, uint64_t *run, struct err *err) {
  struct db_settings settings;
  struct db *db = NULL;
  int64_t last = 0;
  *run = 0;
  enum outcome out = sl_settings(site->library, &settings, err);
  if (!out) out = db_open(&settings, &db, err);
  if (!out) out = control_last_run(db, site_id, &last, err);
  db_close(db);
  if (!out && last > 0) *run = (uint64_t)last;
  return out;
}

/* The ledger is looked at after SL: a run side by side stands in it before it writes there. */
enum outcome sl_check_run(const struct site *site, struct ledger *ledger, str site_id, bool *is_older,
                          struct err *err) {
  uint64_t theirs;
  *is_older = false;
  enum outcome out = sl_last_run(site, site_id, &theirs, err);
  if (out) return out == OUT_END ? err_set(err, OUT_SPEC, "the setting sl-connection is missing") : out;
  if (ledger_refresh(ledger, err)) return err->outcome;
  uint64_t ours = ledger_next_run(ledger) - 1;
  *is_older = ours < theirs;
  if (!*is_older) return OUT_OK;
  return err_set(
      err, OUT_SPEC,
      "the ledger ends with run %llu, but SL's sluice_control knows of run %llu of this site: it is "
      "an older copy, and has forgotten what was written since. Put the newer one back, or: sluice "
      "rejoin",
      (unsigned long long)ours, (unsigned long long)theirs);
}
