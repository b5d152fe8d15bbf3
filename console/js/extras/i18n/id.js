/** The words of the extras in Indonesian. */

export const WORDS = {
  "first.channel": "Dari",
  "first.name": "Nama (jika baru)",
  "first.phone": "Nomor telepon, dengan kode negara",
  "first.send": "Kirim",
  "first.template": "Templat",
  "first.template_help": "Di saluran ini percakapan hanya boleh dimulai dengan templat.",
  "first.text": "Teks",
  "palette.command": "Perintah",
  "palette.conversation": "Percakapan",
  "palette.hint": "Nama, perintah, atau layar",
  "palette.screen": "Layar",
  "palette.search": "Cari “{words}”",
  "palette.title": "Buka atau lakukan",
};
