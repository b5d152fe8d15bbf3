"""Build the arguments of ffmpeg: what to read, what to write, and to open nothing else."""

from pathlib import Path

from desk.media.converter import OutputFormat

# ffmpeg's name for the input format of each media type, so that it never guesses from the bytes.
INPUT_FORMATS = {
    "video/mp4": "mov",
    "video/3gpp": "mov",
    "video/quicktime": "mov",
    "audio/mp4": "mov",
    "video/webm": "matroska",
    "image/gif": "gif",
    "image/webp": "webp_pipe",
    "image/png": "png_pipe",
    "image/jpeg": "jpeg_pipe",
    "audio/mpeg": "mp3",
    "audio/aac": "aac",
    "audio/amr": "amr",
    "audio/wav": "wav",
    "audio/flac": "flac",
    "audio/ogg; codecs=opus": "ogg",
}
# At most 1280 pixels on each side, even numbers only, never enlarged.
_SCALE_DOWN = (
    "scale=w='min(1280,iw)':h='min(1280,ih)'"
    ":force_original_aspect_ratio=decrease:force_divisible_by=2"
)
# At most 480 pixels on each side, never enlarged.
_PREVIEW = "scale=w='min(480,iw)':h='min(480,ih)':force_original_aspect_ratio=decrease"
_OUTPUT_ARGUMENTS = {
    OutputFormat.MP4: (
        *("-map", "0:v:0", "-map", "0:a:0?", "-vf", _SCALE_DOWN),
        *("-c:v", "libx264", "-profile:v", "main", "-preset", "veryfast", "-crf", "26"),
        *("-pix_fmt", "yuv420p", "-c:a", "aac", "-b:a", "96k", "-ac", "2"),
        *("-movflags", "+faststart", "-f", "mp4"),
    ),
    OutputFormat.OPUS: (
        *("-map", "0:a:0", "-vn", "-c:a", "libopus", "-b:a", "32k", "-ac", "1"),
        *("-ar", "48000", "-f", "ogg"),
    ),
    OutputFormat.M4A: ("-map", "0:a:0", "-vn", "-c:a", "aac", "-b:a", "128k", "-f", "ipod"),
    OutputFormat.JPEG: (
        *("-map", "0:v:0", "-frames:v", "1", "-vf", _PREVIEW, "-c:v", "mjpeg", "-q:v", "5"),
        *("-pix_fmt", "yuvj420p", "-f", "image2pipe"),
    ),
    OutputFormat.PNG: ("-map", "0:v:0", "-frames:v", "1", "-c:v", "png", "-f", "image2pipe"),
}


def build_arguments(source: Path, reads: str, form: OutputFormat, result: Path) -> list[str]:
    """Return the arguments for one conversion."""
    return [
        *("-nostdin", "-hide_banner", "-loglevel", "error", "-y"),
        *("-protocol_whitelist", "file,pipe", "-threads", "1", "-f", reads),
        *("-i", f"file:{source.absolute()}", "-map_metadata", "-1", "-threads", "1"),
        *_OUTPUT_ARGUMENTS[form],
        f"file:{result}",
    ]
