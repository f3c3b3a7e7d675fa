/* unit/codec/zip_parts: small workbooks made of parts, for the tests of what reads them. */
#ifndef SLUICE_TESTS_ZIP_PARTS_H
#define SLUICE_TESTS_ZIP_PARTS_H

#include "base/buf.h"

#include <stdlib.h>

#include <zip.h>

struct zip_part {
  const char *name, *text; /* a name of NULL ends a list */
};
enum { ZIP_PARTS_MOST = 16, ZIP_BYTES_MOST = 16 << 20 };

static inline void zip_need(bool holds) {
  if (!holds) abort();
}

/* Appends a zip file of the parts; with a password each is encrypted with it. */
static inline void zip_parts(const struct zip_part *parts, const char *password, struct buf *bytes) {
  zip_error_t error;
  zip_stat_t stat;
  zip_error_init(&error), zip_stat_init(&stat);
  zip_source_t *target = zip_source_buffer_create(NULL, 0, 0, &error);
  zip_t *zip = zip_open_from_source(target, ZIP_TRUNCATE, &error);
  zip_need(zip != NULL);
  zip_source_keep(target);
  for (; parts->name; parts++) {
    zip_source_t *source = zip_source_buffer(zip, parts->text, strlen(parts->text), 0);
    zip_int64_t index = zip_file_add(zip, parts->name, source, ZIP_FL_ENC_UTF_8);
    zip_need(index >= 0 && !zip_file_set_mtime(zip, (zip_uint64_t)index, 1000000000, 0));
    if (password) zip_need(!zip_file_set_encryption(zip, (zip_uint64_t)index, ZIP_EM_TRAD_PKWARE, password));
  }
  zip_need(!zip_close(zip) && !zip_source_open(target) && !zip_source_stat(target, &stat));
  zip_need(buf_make_room(bytes, stat.size));
  zip_need(zip_source_read(target, bytes->at + bytes->len, stat.size) == (zip_int64_t)stat.size);
  bytes->len += stat.size;
  zip_source_close(target), zip_source_free(target), zip_error_fini(&error);
}

#define MAIN_SPACE "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
#define R_SPACE    "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
#define LINK_SPACE "http://schemas.openxmlformats.org/package/2006/relationships"

#define LINKS(links)                                                                                         \
  "<?xml version=\"1.0\"?><Relationships xmlns=\"" LINK_SPACE "\">" links "</Relationships>"
#define LINK(id, type, to) "<Relationship Id=\"" id "\" Type=\"" R_SPACE "/" type "\" Target=\"" to "\"/>"
#define BOOK(sheets)                                                                                         \
  "<workbook xmlns=\"" MAIN_SPACE "\" xmlns:r=\"" R_SPACE "\"><sheets>" sheets "</sheets></workbook>"
#define SHEET(rows)    "<worksheet xmlns=\"" MAIN_SPACE "\"><sheetData>" rows "</sheetData></worksheet>"
#define STRINGS(items) "<sst xmlns=\"" MAIN_SPACE "\">" items "</sst>"

#endif
