/* codec/xlsx_zip: the parts of a workbook, which is a zip file in memory.
 *
 * The zip library checks each part's CRC; the limits keep a small file from growing large when unpacked.
 *
 *   struct xlsx_zip *zip;
 *   xlsx_zip_open(bytes, &zip, &err);                  `bytes` must live as long as it is open
 *   xlsx_zip_part(zip, STR("xl/workbook.xml"), 64 << 20, &xml, &err);
 *   xlsx_zip_close(zip);
 */
#ifndef SLUICE_CODEC_XLSX_ZIP_H
#define SLUICE_CODEC_XLSX_ZIP_H

#include "base/buf.h"
#include "base/err.h"

struct xlsx_zip;
/* OUT_DATA: no zip file, or one that is cut; says what it looks like instead (.xls, text). */
enum outcome xlsx_zip_open(str bytes, struct xlsx_zip **zip, struct err *err);
void xlsx_zip_close(struct xlsx_zip *zip);
/* Part names are compared without regard to ASCII case, as the format wants it. */
bool xlsx_zip_has(struct xlsx_zip *zip, str name);
/* Unpacks a part into a new buffer, for the caller to free whatever comes of it. OUT_DATA: not there,
 * encrypted, packed in an unknown way, damaged, larger than `most` bytes. */
enum outcome xlsx_zip_part(struct xlsx_zip *zip, str name, size_t most, struct buf *bytes, struct err *err);

#endif
