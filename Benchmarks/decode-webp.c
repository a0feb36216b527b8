// Decodes every frame of an animated WebP with libwebp and does nothing else. `compare` uses it as the baseline for
// checking a sticker. Exit status 0 if every frame was decoded.
#include <stdio.h>
#include <stdlib.h>
#include <webp/demux.h>

int main(int argc, char **argv) {
  if (argc != 2) return 2;
  FILE *file = fopen(argv[1], "rb");
  if (!file) return 2;
  if (fseek(file, 0, SEEK_END) != 0) return 2;
  long size = ftell(file);
  if (size <= 0) return 2;
  rewind(file);
  uint8_t *bytes = malloc((size_t)size);
  if (!bytes || fread(bytes, 1, (size_t)size, file) != (size_t)size) return 2;
  fclose(file);

  WebPData data = {bytes, (size_t)size};
  WebPAnimDecoder *decoder = WebPAnimDecoderNew(&data, NULL);
  if (!decoder) return 1;
  WebPAnimInfo info;
  if (!WebPAnimDecoderGetInfo(decoder, &info)) return 1;
  uint32_t frames = 0;
  while (WebPAnimDecoderHasMoreFrames(decoder)) {
    uint8_t *canvas;
    int timestamp;
    if (!WebPAnimDecoderGetNext(decoder, &canvas, &timestamp)) return 1;
    frames++;
  }
  WebPAnimDecoderDelete(decoder);
  free(bytes);
  return frames == info.frame_count ? 0 : 1;
}
