/* codec/xlsx_zip: the parts of a workbook, which is a zip file in memory. */
#include "codec/xlsx_zip.h"
#include "base/memory.h"

#include <zip.h>

enum { PARTS_MOST = 10000, PIECE = 64 * 1024, NAME_MOST = 1000 };

struct xlsx_zip {
  zip_t *archive;
};

/* The first bytes of an OLE2 compound file: Excel's own until 2003, and the wrapping of an encrypted .xlsx.
 */
#define OLE2_MARK STR("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
#define ZIP_MARK  STR("PK\x03\x04")

static enum outcome not_a_zip(str bytes, const char *reason, struct err *err) {
  if (str_starts(bytes, OLE2_MARK))
    return err_set(
        err, OUT_DATA,
        "either an old .xls workbook or one with a password; save it as .xlsx, without a password");
  if (!bytes.len) return err_set(err, OUT_DATA, "the file is empty, no .xlsx workbook");
  if (!str_starts(bytes, ZIP_MARK)) return err_set(err, OUT_DATA, "not a .xlsx workbook: not a zip file");
  return err_set(err, OUT_DATA, "the .xlsx workbook is cut or damaged: %s", reason);
}

static enum outcome open_archive(str bytes, zip_t **archive, struct err *err) {
  zip_error_t error;
  zip_error_init(&error);
  enum outcome out = OUT_OK;
  zip_source_t *source = zip_source_buffer_create(bytes.at, bytes.len, 0, &error);
  *archive = source ? zip_open_from_source(source, ZIP_RDONLY, &error) : NULL;
  if (!*archive) {
    out = not_a_zip(bytes, zip_error_strerror(&error), err);
    zip_source_free(source);
  }
  zip_error_fini(&error);
  return out;
}

enum outcome xlsx_zip_open(str bytes, struct xlsx_zip **zip, struct err *err) {
  zip_t *archive;
  if (!str_starts(bytes, ZIP_MARK)) return not_a_zip(bytes, "", err);
  if (open_archive(bytes, &archive, err)) return err->outcome;
  if (zip_get_num_entries(archive, 0) > PARTS_MOST) {
    zip_discard(archive);
    return err_set(err, OUT_DATA, "the zip file has more than %d parts; a workbook has a few dozen",
                   PARTS_MOST);
  }
  *zip = mem_alloc(sizeof **zip);
  (*zip)->archive = archive;
  return OUT_OK;
}

void xlsx_zip_close(struct xlsx_zip *zip) {
  if (!zip) return;
  zip_discard(zip->archive);
  mem_free(zip);
}

static zip_int64_t locate(struct xlsx_zip *zip, str name) {
  char text[NAME_MOST + 1] = { 0 };
  if (!name.len || name.len > NAME_MOST) return -1;
  memcpy(text, name.at, name.len);
  if (strlen(text) != name.len) return -1;
  return zip_name_locate(zip->archive, text, ZIP_FL_NOCASE);
}

bool xlsx_zip_has(struct xlsx_zip *zip, str name) { return locate(zip, name) >= 0; }

static enum outcome too_large(str name, size_t most, struct err *err) {
  return err_set(err, OUT_DATA, "the part %.*s of the workbook is too large: more than %zu bytes unpacked",
                 STR_ARG(name), most);
}

static enum outcome damaged(str name, const char *reason, struct err *err) {
  return err_set(err, OUT_DATA, "the part %.*s of the workbook is cut or damaged: %s", STR_ARG(name), reason);
}

static enum outcome unpack(zip_file_t *file, str name, uint64_t size, size_t most, struct buf *bytes,
                           struct err *err) {
  uint64_t total = 0;
  for (;;) {
    if (!buf_make_room(bytes, PIECE)) return too_large(name, most, err);
    zip_int64_t got = zip_fread(file, bytes->at + bytes->len, PIECE);
    if (got < 0) return damaged(name, zip_error_strerror(zip_file_get_error(file)), err);
    if (!got) break;
    bytes->len += (size_t)got, total += (uint64_t)got;
    if (total > most) return too_large(name, most, err);
  }
  return total == size ? OUT_OK : damaged(name, "its length is not what the zip file says", err);
}

enum outcome xlsx_zip_part(struct xlsx_zip *zip, str name, size_t most, struct buf *bytes, struct err *err) {
  zip_stat_t stat;
  zip_int64_t index = locate(zip, name);
  *bytes = buf_new(most + PIECE);
  if (index < 0) return err_set(err, OUT_DATA, "the workbook has no part %.*s", STR_ARG(name));
  zip_stat_init(&stat);
  if (zip_stat_index(zip->archive, (zip_uint64_t)index, 0, &stat) || !(stat.valid & ZIP_STAT_SIZE))
    return damaged(name, zip_strerror(zip->archive), err);
  if ((stat.valid & ZIP_STAT_ENCRYPTION_METHOD) && stat.encryption_method != ZIP_EM_NONE)
    return err_set(err, OUT_DATA, "the part %.*s of the workbook is encrypted; save it without a password",
                   STR_ARG(name));
  if (stat.size > most) return too_large(name, most, err);
  zip_file_t *file = zip_fopen_index(zip->archive, (zip_uint64_t)index, 0);
  if (!file) return damaged(name, zip_strerror(zip->archive), err);
  enum outcome out = unpack(file, name, stat.size, most, bytes, err);
  zip_fclose(file);
  return out;
}
