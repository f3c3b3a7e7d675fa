/* unit/spool/scratch_site: an empty site for each test, and what lies in it. */
#ifndef TESTS_SPOOL_SCRATCH_SITE_H
#define TESTS_SPOOL_SCRATCH_SITE_H

#include "base/buf.h"
#include "io/file.h"
#include "io/in.h"
#include "spool/spool.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define CASE(test) cmocka_unit_test_setup_teardown(test, enter, leave)

static char folder[64];
static struct arena *arena;
static struct spool *spool;
static const str feed = { "settlement", 10 };

static inline void reopen(void) {
  struct err err = { 0 };
  spool_close(spool);
  assert_int_equal(spool_open(".", arena, &spool, &err), OUT_OK);
}

static inline int enter(void **state) {
  (void)state;
  umask(022);
  arena = arena_new();
  spool = NULL;
  strcpy(folder, "/tmp/sluice-test-spool-XXXXXX");
  if (!mkdtemp(folder) || chdir(folder)) return -1;
  reopen();
  return 0;
}

static inline int leave(void **state) {
  (void)state;
  char command[128];
  spool_close(spool);
  arena_free(arena);
  snprintf(command, sizeof command, "rm -rf %s", folder);
  return chdir("/") == 0 && system(command) == 0 ? 0 : -1;
}

static inline void put(const char *path, const char *text) {
  struct err err = { 0 };
  const char *name = strrchr(path, '/');
  const char *above = arena_text(arena, (str){ path, (size_t)(name - path) });
  if (file_make_folders(above, 0755, &err) || file_put(path, 0644, str_of(text), &err))
    fail_msg("%s", err.text);
}

static inline void assert_file(const char *path, const char *want) {
  struct err err = { 0 };
  str got;
  if (in_read_whole(path, 10000, arena, &got, &err)) fail_msg("%s", err.text);
  if (!str_eq(got, str_of(want))) fail_msg("%s holds \"%.*s\"", path, STR_ARG(got));
}

static inline void assert_mode(const char *path, unsigned want) {
  struct stat about;
  assert_int_equal(stat(path, &about), 0);
  if ((about.st_mode & 0777) != want) fail_msg("%s has mode %o", path, (unsigned)about.st_mode & 0777);
}

/* All files and empty folders (with a "/") below, sorted, joined by blanks. */
static inline void list_below(const char *path, const char *shown, struct buf *all) {
  struct err err = { 0 };
  str *names;
  size_t count;
  assert_int_equal(file_list(path, arena, &names, &count, &err), OUT_OK);
  if (!count && shown[0]) buf_printf(all, "%s%s/", all->len ? " " : "", shown);
  for (size_t i = 0; i < count; i++) {
    const char *inner = file_join(arena, path, names[i]);
    const char *name = file_join(arena, shown, names[i]);
    if (file_is_folder(inner)) list_below(inner, name, all);
    else buf_printf(all, "%s%s", all->len ? " " : "", name);
  }
}

static inline void assert_tree(const char *path, const char *want) {
  struct buf all = buf_new(100000);
  if (file_is_folder(path)) list_below(path, "", &all);
  if (!str_eq(buf_str(&all), str_of(want)))
    fail_msg("%s:\n  is   %.*s\n  want %s", path, STR_ARG(buf_str(&all)), want);
  buf_free(&all);
}

#endif
