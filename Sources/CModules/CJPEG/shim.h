#pragma once
// libjpeg-turbo, behind functions that don't jump: its errors leave by longjmp, which Swift can't.

#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>

/// An error that jumps back to the function that was called.
struct codec_jpeg_error {
  struct jpeg_error_mgr manager;
  jmp_buf back;
};

static inline void codec_jpeg_leave(j_common_ptr info) { longjmp(((struct codec_jpeg_error *)info->err)->back, 1); }

static inline void codec_jpeg_be_silent(j_common_ptr info) { (void)info; }

/// A decoded image in rows without gaps: RGBA, or the amounts of four inks. The caller frees the pixels and the profile.
struct codec_jpeg_image {
  uint8_t *pixels;
  uint32_t width, height;
  /// Those of the file: 1 for gray, 3 for colors, 4 for inks.
  int channels;
  int has_too_many_scans, has_too_many_pixels;
  uint8_t *profile;
  unsigned int profile_size;
};

/// Counts the scans while they are read: each goes through the whole image, however few bytes it has.
struct codec_jpeg_progress {
  struct jpeg_progress_mgr manager;
  int most_scans;
  struct codec_jpeg_image *image;
};

static inline void codec_jpeg_count_scans(j_common_ptr info) {
  struct codec_jpeg_progress *progress = (struct codec_jpeg_progress *)info->progress;
  if (((j_decompress_ptr)info)->input_scan_number <= progress->most_scans) return;
  progress->image->has_too_many_scans = 1;
  codec_jpeg_leave(info);
}

/// Decodes an image in at most `most_scans`, halved until it has at most `most_pixels`, and further while both sides stay at
/// least `least_side` (0 for no further). In several scans it may have at most `most_scanned_pixels`. Returns whether all of it
/// could be decoded.
static inline int codec_jpeg_read(
  const uint8_t *data, size_t size, uint64_t most_pixels, uint64_t most_scanned_pixels, int most_scans,
  uint32_t least_side, struct codec_jpeg_image *image) {
  struct jpeg_decompress_struct info;
  struct codec_jpeg_error error;
  struct codec_jpeg_progress progress = {.most_scans = most_scans, .image = image};
  progress.manager.progress_monitor = codec_jpeg_count_scans;
  memset(image, 0, sizeof *image);
  info.err = jpeg_std_error(&error.manager);
  error.manager.error_exit = codec_jpeg_leave;
  error.manager.output_message = codec_jpeg_be_silent;
  jpeg_create_decompress(&info);
  if (setjmp(error.back)) {
    jpeg_destroy_decompress(&info);
    return 0;
  }
  info.progress = &progress.manager;
  jpeg_mem_src(&info, data, size);
  jpeg_save_markers(&info, JPEG_APP0 + 2, 0xffff);
  jpeg_read_header(&info, TRUE);
  image->channels = info.num_components;
  info.out_color_space = image->channels == 4 ? JCS_CMYK : JCS_EXT_RGBA;
  info.scale_num = 1;
  for (info.scale_denom = 1;; info.scale_denom *= 2) {
    jpeg_calc_output_dimensions(&info);
    uint32_t next = info.scale_denom * 2;
    int is_too_large = (uint64_t)info.output_width * info.output_height > most_pixels;
    int stays_large = least_side > 0 && info.image_width / next >= least_side && info.image_height / next >= least_side;
    if (next > 8 || !(is_too_large || stays_large)) break;
  }
  image->width = info.output_width;
  image->height = info.output_height;
  image->has_too_many_pixels = (uint64_t)image->width * image->height > most_pixels
    || (jpeg_has_multiple_scans(&info) && (uint64_t)info.image_width * info.image_height > most_scanned_pixels);
  if (image->has_too_many_pixels) {
    jpeg_destroy_decompress(&info);
    return 0;
  }
  jpeg_read_icc_profile(&info, &image->profile, &image->profile_size);
  image->pixels = malloc((size_t)image->width * image->height * 4);
  if (!image->pixels) {
    jpeg_destroy_decompress(&info);
    return 0;
  }
  jpeg_start_decompress(&info);
  while (info.output_scanline < info.output_height) {
    uint8_t *row = image->pixels + (size_t)info.output_scanline * image->width * 4;
    jpeg_read_scanlines(&info, &row, 1);
    // Photoshop's inks are inverted, and nearly all writers follow it (Adobe's marker).
    int is_inverted = image->channels == 4 && info.saw_Adobe_marker;
    for (size_t index = 0; is_inverted && index < 4 * (size_t)image->width; index += 1) row[index] = 255 - row[index];
  }
  jpeg_finish_decompress(&info);
  jpeg_destroy_decompress(&info);
  return 1;
}

/// Encodes RGBA, without the transparency. The caller frees the result. Returns whether it could be encoded.
static inline int codec_jpeg_write(
  const uint8_t *pixels, uint32_t width, uint32_t height, int quality, const uint8_t *profile,
  unsigned int profile_size, unsigned char **data, unsigned long *size) {
  struct jpeg_compress_struct info;
  struct codec_jpeg_error error;
  info.err = jpeg_std_error(&error.manager);
  error.manager.error_exit = codec_jpeg_leave;
  error.manager.output_message = codec_jpeg_be_silent;
  jpeg_create_compress(&info);
  if (setjmp(error.back)) {
    jpeg_destroy_compress(&info);
    return 0;
  }
  jpeg_mem_dest(&info, data, size);
  info.image_width = width;
  info.image_height = height;
  info.input_components = 4;
  info.in_color_space = JCS_EXT_RGBX;
  jpeg_set_defaults(&info);
  jpeg_set_quality(&info, quality, TRUE);
  info.optimize_coding = TRUE;
  // At high quality, colors are kept at full size.
  if (quality >= 90) info.comp_info[0].h_samp_factor = info.comp_info[0].v_samp_factor = 1;
  jpeg_start_compress(&info, TRUE);
  if (profile_size > 0) jpeg_write_icc_profile(&info, profile, profile_size);
  while (info.next_scanline < height) {
    uint8_t *row = (uint8_t *)pixels + (size_t)info.next_scanline * width * 4;
    jpeg_write_scanlines(&info, &row, 1);
  }
  jpeg_finish_compress(&info);
  jpeg_destroy_compress(&info);
  return 1;
}
