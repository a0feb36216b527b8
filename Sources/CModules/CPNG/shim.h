#pragma once
// libpng's simplified functions, which don't jump.

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <png.h>

/// Decodes an image of at most `most_pixels` to RGBA of 8 bits in sRGB, in rows without gaps. The caller frees the result.
/// Returns whether all of it could be decoded.
static inline int codec_png_read(
  const uint8_t *data, size_t size, uint64_t most_pixels, uint8_t **pixels, uint32_t *width, uint32_t *height) {
  png_image image;
  memset(&image, 0, sizeof image);
  image.version = PNG_IMAGE_VERSION;
  if (!png_image_begin_read_from_memory(&image, data, size)) return 0;
  // As other decoders have it: samples of 16 bits are in sRGB as well, unless the file has a gamma.
  image.flags |= PNG_IMAGE_FLAG_16BIT_sRGB;
  *width = image.width;
  *height = image.height;
  image.format = PNG_FORMAT_RGBA;
  *pixels = (uint64_t)image.width * image.height > most_pixels ? NULL : malloc(PNG_IMAGE_SIZE(image));
  if (!*pixels) {
    png_image_free(&image);
    return 0;
  }
  if (png_image_finish_read(&image, NULL, *pixels, 0, NULL)) return 1;
  free(*pixels);
  *pixels = NULL;
  return 0;
}

/// Encodes RGBA. The caller frees the result. Returns whether it could be encoded.
static inline int codec_png_write(
  const uint8_t *pixels, uint32_t width, uint32_t height, int has_alpha, uint8_t **data, size_t *size) {
  png_image image;
  memset(&image, 0, sizeof image);
  image.version = PNG_IMAGE_VERSION;
  image.width = width;
  image.height = height;
  image.format = has_alpha ? PNG_FORMAT_RGBA : PNG_FORMAT_RGB;
  const uint8_t *source = pixels;
  uint8_t *opaque = NULL;
  if (!has_alpha) {
    size_t count = (size_t)width * height;
    opaque = malloc(count * 3);
    if (!opaque) return 0;
    for (size_t index = 0; index < count; index += 1) memcpy(opaque + 3 * index, pixels + 4 * index, 3);
    source = opaque;
  }
  png_alloc_size_t bound = PNG_IMAGE_PNG_SIZE_MAX(image);
  *data = malloc(bound);
  int is_written = *data && png_image_write_to_memory(&image, *data, &bound, 0, source, 0, NULL);
  free(opaque);
  *size = bound;
  if (!is_written) {
    free(*data);
    *data = NULL;
  }
  return is_written;
}
