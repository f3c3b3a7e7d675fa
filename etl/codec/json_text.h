/* codec/json_text: a text as JSON has it.
 *
 *   json_text(&out, STR("5\" x 7\""));                "5\" x 7\"" with its quotes
 *
 * Control characters are escaped, bytes that are not UTF-8 become U+FFFD.
 */
#ifndef SLUICE_CODEC_JSON_TEXT_H
#define SLUICE_CODEC_JSON_TEXT_H

#include "base/buf.h"

void json_text(struct buf *out, str text);

#endif
