/** Emoji with their words in Indonesian, in the same order in each language. */

export const WORDS = {
  "emoji.faces":
    "😀 senang, 😃 gembira senyum, 😄 tertawa senyum, 😁 menyeringai, 😅 lega keringat, 😂 tertawa menangis, 🤣 ngakak, 🙂 senyum tipis, 😉 kedip, 😊 senyum hangat, 😇 malaikat, 🥰 sayang hati, 😍 jatuh cinta, 🤩 kagum bintang, 😘 cium, 😋 lezat enak, 😜 bercanda lidah, 🤗 peluk, 🤭 terkikik ups, 🤫 diam rahasia, 🤔 berpikir, 🤨 ragu alis, 😐 datar netral, 😏 senyum sinis, 🙄 mata ke atas, 😬 canggung, 😌 tenang lega, 😴 tidur, 😷 masker sakit, 🤒 demam sakit, 🤕 luka perban, 🤢 mual, 🥳 pesta, 😎 keren kacamata, 🤓 kutu buku, 🥺 memohon, 😢 sedih menangis, 😭 menangis keras, 😞 kecewa, 😔 menyesal murung, 😟 khawatir, 😕 bingung, 😤 kesal, 😠 marah, 😡 murka, 🤯 terkejut sekali, 😳 malu, 😱 takut kaget, 😨 cemas takut, 😮 heran wow, 😵 pusing, 🤐 tutup mulut, 🫡 hormat siap, 🫠 meleleh",
  "emoji.food":
    "☕ kopi teh, 🍵 teh hijau, 🧋 teh boba, 🥤 minuman, 🍺 bir, 🍷 anggur, 🍕 pizza, 🍔 burger, 🍟 kentang goreng, 🍜 mi, 🍚 nasi, 🍛 nasi kari, 🍣 sushi, 🥗 salad, 🍞 roti, 🥚 telur, 🍗 paha ayam, 🍎 apel, 🍌 pisang, 🍓 stroberi, 🍉 semangka, 🥭 mangga, 🍰 kue, 🍦 es krim, 🍫 cokelat, 🍪 kue kering, 🌶️ cabai pedas, 🍽️ piring restoran",
  "emoji.gestures":
    "👍 jempol ya bagus, 👎 jempol turun tidak buruk, 👌 oke tangan, ✌️ damai, 🤞 semoga beruntung, 🤝 jabat tangan sepakat, 🙏 terima kasih tolong mohon, 👏 tepuk tangan, 🙌 hore tangan, 👋 halo dadah lambai, 🤙 hubungi saya, 💪 kuat, 👉 tunjuk kanan, 👈 tunjuk kiri, 👆 tunjuk atas, 👇 tunjuk bawah, ☝️ satu jari perhatian, ✋ berhenti tangan, ✍️ menulis, 🙋 angkat tangan, 🤷 entah tidak tahu, 🤦 tepuk jidat, 🙇 membungkuk maaf, 👀 mata lihat, 👤 orang, 👥 orang tim, 👶 bayi, 👨‍👩‍👧 keluarga, 👩‍💻 petugas komputer",
  "emoji.hearts":
    "❤️ hati merah cinta, 🧡 hati oranye, 💛 hati kuning, 💚 hati hijau, 💙 hati biru, 💜 hati ungu, 🖤 hati hitam, 🤍 hati putih, 💔 patah hati, 💕 dua hati, 💯 seratus sempurna, ✨ kilau baru, ⭐ bintang, 🌟 bintang bersinar, 🔥 api panas, 🎉 perayaan pesta, 🎊 konfeti, 🎁 hadiah kado, 🎂 kue ulang tahun, 🎈 balon, 🏆 piala juara, 🥇 medali emas pertama",
  "emoji.nature":
    "☀️ matahari cerah, ⛅ berawan, 🌧️ hujan, ⛈️ badai, 🌈 pelangi, ❄️ salju dingin, 🌙 bulan malam, 🌸 bunga sakura, 🌹 mawar, 💐 buket bunga, 🌻 bunga matahari, 🌱 bibit tanaman, 🌴 pohon palem, 🍀 semanggi keberuntungan, 🐶 anjing, 🐱 kucing, 🐰 kelinci, 🐟 ikan, 🐔 ayam, 🐝 lebah, 🌍 bumi dunia",
  "emoji.none": "Tidak ada emoji dengan kata ini.",
  "emoji.search": "Cari dengan kata",
  "emoji.signs":
    "✅ selesai centang ya, ☑️ kotak centang, ❌ silang tidak salah, ❗ seru penting, ❓ tanya, ⚠️ peringatan, 🚫 dilarang, ⛔ dilarang masuk, ℹ️ informasi, 🆗 tombol oke, 🆕 tombol baru, 🔴 lingkaran merah, 🟡 lingkaran kuning, 🟢 lingkaran hijau, 🔵 lingkaran biru, ➡️ panah kanan, ⬅️ panah kiri, ⬆️ panah atas, ⬇️ panah bawah, 🔄 ulang segarkan, ➕ tambah, ➖ kurang, 1️⃣ satu angka, 2️⃣ dua angka, 3️⃣ tiga angka, 4️⃣ empat angka, 5️⃣ lima angka, 💤 tidur, 💬 obrolan pesan, 🔔 lonceng notifikasi, 🔕 lonceng senyap",
  "emoji.title": "Emoji",
  "emoji.travel":
    "🚗 mobil, 🚕 taksi, 🚌 bus, 🏍️ sepeda motor, 🚲 sepeda, 🚆 kereta, ✈️ pesawat, 🚢 kapal, ⛽ bensin, 🚦 lampu lalu lintas, 🏨 hotel, 🏖️ pantai liburan, ⛰️ gunung, 🧳 koper, 🎫 tiket, 🎵 musik, 🎬 film, 📺 televisi, 🎮 gim, ⚽ sepak bola, 🏸 bulu tangkis, 🇮🇩 bendera Indonesia, 🇲🇾 bendera Malaysia, 🇸🇬 bendera Singapura, 🇬🇧 bendera Inggris, 🇺🇸 bendera Amerika, 🏳️ bendera putih",
  "emoji.work":
    "📦 paket, 🚚 truk pengiriman, 🛒 keranjang belanja, 🛍️ tas belanja, 🏷️ label harga, 💰 kantong uang, 💵 uang tunai, 💳 kartu kredit bayar, 🧾 struk nota, 💸 uang keluar, 🏦 bank, 🏪 toko, 🏠 rumah, 🏢 kantor, 📍 lokasi pin, 🗺️ peta, 📞 telepon, 📱 ponsel hp, 💻 laptop komputer, 🖨️ pencetak, 📷 kamera foto, 🎥 kamera video, 📧 surel email, ✉️ surat, 📎 klip lampiran, 🔗 tautan, 📄 dokumen halaman, 📝 catatan tulis, 📋 papan daftar, 📅 kalender tanggal, ⏰ jam weker, ⏳ menunggu jam pasir, 🕐 jam pukul, 📈 grafik naik, 📉 grafik turun, 🔍 cari, 🔑 kunci sandi, 🔒 terkunci aman, 🔓 terbuka, 🔧 kunci inggris perbaikan, 🛠️ alat perbaikan, ⚙️ pengaturan gir, 💡 ide lampu, 🔋 baterai, 🔌 colokan listrik, 📶 sinyal jaringan, 🗑️ tempat sampah hapus, 🐛 serangga bug, 🚀 roket peluncuran, 🎯 sasaran target, 📚 buku, 🎓 wisuda sekolah, 🩺 dokter stetoskop, 💊 pil obat, 👕 kaus pakaian, 👗 gaun, 👟 sepatu, 👜 tas tangan",
};
