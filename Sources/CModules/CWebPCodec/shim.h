#pragma once
// libwebp's encoder, and the decoder of whole animations.

#include <stdint.h>
#include <stdlib.h>

#include <webp/decode.h>
#include <webp/demux.h>
#include <webp/encode.h>

/// Encodes RGBA as a WebP file. The caller frees the result with WebPFree. Returns whether it could be encoded.
static inline int codec_webp_write(
  const uint8_t *pixels, int width, int height, float quality, int is_lossless, int method, uint8_t **data,
  size_t *size) {
  WebPConfig config;
  WebPPicture picture;
  if (!WebPConfigInit(&config) || !WebPPictureInit(&picture)) return 0;
  config.lossless = is_lossless;
  config.quality = quality;
  config.method = method;
  // A transparency with much detail takes more than the image itself.
  config.alpha_quality = quality >= 50 ? 100 : (int)(2 * quality);
  if (!WebPValidateConfig(&config)) return 0;
  WebPMemoryWriter writer;
  WebPMemoryWriterInit(&writer);
  picture.use_argb = is_lossless;
  picture.width = width;
  picture.height = height;
  picture.writer = WebPMemoryWrite;
  picture.custom_ptr = &writer;
  int is_written = WebPPictureImportRGBA(&picture, pixels, width * 4) && WebPEncode(&config, &picture);
  WebPPictureFree(&picture);
  if (!is_written) {
    WebPMemoryWriterClear(&writer);
    return 0;
  }
  *data = writer.mem;
  *size = writer.size;
  return 1;
}
