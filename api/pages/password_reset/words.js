// The page's words in the browser's language: English or Indonesian.
const INDONESIAN = {
  title: "OsmoDesk: pilih kata sandi",
  heading: "Pilih kata sandi",
  password: "Kata sandi baru (paling sedikit 12 karakter)",
  again: "Ulangi kata sandi baru",
  submit: "Simpan kata sandi",
  no_link: "Halaman ini butuh tautan sekali pakai. Mintalah kepada administrator.",
  different: "Kedua kata sandi tidak sama.",
  no_server: "Server tidak dapat dihubungi, jadi kata sandi tidak diubah. Coba lagi.",
  done: "Kata sandi sudah disimpan. Sekarang Anda dapat masuk dengannya.",
  log_in: "Masuk",
  wrong: "Tautan ini tidak berlaku, kedaluwarsa, atau sudah dipakai: mintalah tautan baru.",
  password_too_short: "Kata sandi ini lebih pendek dari 12 karakter.",
  password_too_long: "Kata sandi ini lebih panjang dari 72 bita.",
  password_too_common: "Kata sandi ini terlalu umum: pilih yang sulit ditebak.",
};
const ENGLISH = {
  title: "OsmoDesk: choose a password",
  heading: "Choose a password",
  password: "New password (at least 12 characters)",
  again: "Repeat the new password",
  submit: "Set password",
  no_link: "This page needs a one-time link. Ask an administrator for one.",
  different: "The passwords do not match.",
  no_server: "The server cannot be reached, so the password was not changed. Try again.",
  done: "The password is set. You can now log in with it.",
  log_in: "Log in",
  wrong: "This link is not valid, has expired, or was used: ask for a new link.",
  password_too_short: "This password is shorter than 12 characters.",
  password_too_long: "This password is longer than 72 bytes.",
  password_too_common: "This password is too common: choose one that is hard to guess.",
};
const isIndonesian = /^(id|in)\b/i.test(navigator.language);

export const WORDS = isIndonesian ? INDONESIAN : ENGLISH;

/** Put the words into the page, where elements name them. */
export function translatePage() {
  document.documentElement.lang = isIndonesian ? "id" : "en";
  document.title = WORDS.title;
  for (const each of document.querySelectorAll("[data-words]")) {
    each.textContent = WORDS[each.dataset.words];
  }
}
