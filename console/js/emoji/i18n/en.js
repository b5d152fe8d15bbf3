/** Emoji with their words in English, in the same order in each language. */

export const WORDS = {
  "emoji.faces":
    "😀 happy grin, 😃 happy smile, 😄 laughing smile, 😁 grin, 😅 relieved sweat, 😂 tears of joy, 🤣 rolling laughing, 🙂 smile slightly, 😉 wink, 😊 warm smile blush, 😇 angel halo, 🥰 loving hearts, 😍 heart eyes love, 🤩 star eyes excited, 😘 kiss, 😋 yummy delicious, 😜 joking tongue, 🤗 hug, 🤭 giggle oops, 🤫 quiet secret, 🤔 thinking, 🤨 doubt eyebrow, 😐 neutral, 😏 smirk, 🙄 eye roll, 😬 awkward grimace, 😌 calm relieved, 😴 asleep tired, 😷 mask ill, 🤒 fever ill, 🤕 hurt bandage, 🤢 nauseous, 🥳 party celebrate, 😎 cool sunglasses, 🤓 nerd glasses, 🥺 pleading please, 😢 sad tear, 😭 crying loudly, 😞 disappointed, 😔 sorry pensive, 😟 worried, 😕 confused, 😤 frustrated, 😠 angry, 😡 furious, 🤯 mind blown, 😳 embarrassed flushed, 😱 scared shocked, 😨 afraid, 😮 surprised wow, 😵 dizzy, 🤐 zipped mouth, 🫡 salute yes sir, 🫠 melting",
  "emoji.food":
    "☕ coffee tea, 🍵 green tea, 🧋 bubble tea, 🥤 soft drink, 🍺 beer, 🍷 wine, 🍕 pizza, 🍔 burger, 🍟 fries, 🍜 noodles, 🍚 rice, 🍛 curry rice, 🍣 sushi, 🥗 salad, 🍞 bread, 🥚 egg, 🍗 chicken leg, 🍎 apple, 🍌 banana, 🍓 strawberry, 🍉 watermelon, 🥭 mango, 🍰 cake, 🍦 ice cream, 🍫 chocolate, 🍪 cookie, 🌶️ chili spicy, 🍽️ plate restaurant",
  "emoji.gestures":
    "👍 thumbs up yes good, 👎 thumbs down no bad, 👌 OK hand, ✌️ peace victory, 🤞 fingers crossed luck, 🤝 handshake deal, 🙏 thank you please folded hands, 👏 clap applause, 🙌 hooray hands, 👋 hello bye wave, 🤙 call me, 💪 strong, 👉 point right, 👈 point left, 👆 point up, 👇 point down, ☝️ one finger attention, ✋ stop hand, ✍️ writing hand, 🙋 raising hand, 🤷 shrug don't know, 🤦 facepalm, 🙇 bow apology, 👀 eyes look, 👤 person, 👥 people team, 👶 baby, 👨‍👩‍👧 family, 👩‍💻 support agent computer",
  "emoji.hearts":
    "❤️ red heart love, 🧡 orange heart, 💛 yellow heart, 💚 green heart, 💙 blue heart, 💜 purple heart, 🖤 black heart, 🤍 white heart, 💔 broken heart, 💕 two hearts, 💯 hundred perfect, ✨ sparkles new, ⭐ star, 🌟 glowing star, 🔥 fire hot, 🎉 party celebration, 🎊 confetti, 🎁 gift present, 🎂 birthday cake, 🎈 balloon, 🏆 trophy winner, 🥇 gold medal first",
  "emoji.nature":
    "☀️ sun sunny, ⛅ cloud partly sunny, 🌧️ rain, ⛈️ storm, 🌈 rainbow, ❄️ snow cold, 🌙 moon night, 🌸 blossom flower, 🌹 rose, 💐 bouquet flowers, 🌻 sunflower, 🌱 seedling plant, 🌴 palm tree, 🍀 clover luck, 🐶 dog, 🐱 cat, 🐰 rabbit, 🐟 fish, 🐔 chicken, 🐝 bee, 🌍 earth world",
  "emoji.none": "No emoji has this word.",
  "emoji.search": "Search by a word",
  "emoji.signs":
    "✅ done check yes, ☑️ ticked box, ❌ cross no wrong, ❗ exclamation important, ❓ question, ⚠️ warning, 🚫 forbidden, ⛔ no entry, ℹ️ information, 🆗 OK button, 🆕 new button, 🔴 red circle, 🟡 yellow circle, 🟢 green circle, 🔵 blue circle, ➡️ right arrow, ⬅️ left arrow, ⬆️ up arrow, ⬇️ down arrow, 🔄 again refresh, ➕ plus add, ➖ minus, 1️⃣ one number, 2️⃣ two number, 3️⃣ three number, 4️⃣ four number, 5️⃣ five number, 💤 sleep, 💬 chat message, 🔔 bell notification, 🔕 muted bell",
  "emoji.title": "Emoji",
  "emoji.travel":
    "🚗 car, 🚕 taxi, 🚌 bus, 🏍️ motorcycle, 🚲 bicycle, 🚆 train, ✈️ airplane flight, 🚢 ship, ⛽ petrol, 🚦 traffic light, 🏨 hotel, 🏖️ beach holiday, ⛰️ mountain, 🧳 luggage, 🎫 ticket, 🎵 music note, 🎬 film, 📺 television, 🎮 video game, ⚽ football, 🏸 badminton, 🇮🇩 flag Indonesia, 🇲🇾 flag Malaysia, 🇸🇬 flag Singapore, 🇬🇧 flag United Kingdom, 🇺🇸 flag United States, 🏳️ white flag",
  "emoji.work":
    "📦 parcel package, 🚚 delivery truck, 🛒 shopping cart, 🛍️ shopping bags, 🏷️ price tag label, 💰 money bag, 💵 cash money, 💳 credit card pay, 🧾 receipt bill, 💸 money spent refund, 🏦 bank, 🏪 shop store, 🏠 home house, 🏢 office, 📍 place pin, 🗺️ map, 📞 phone call, 📱 mobile phone, 💻 laptop computer, 🖨️ printer, 📷 camera photo, 🎥 video camera, 📧 e-mail, ✉️ letter, 📎 paperclip attachment, 🔗 link, 📄 document page, 📝 note write, 📋 clipboard list, 📅 calendar date, ⏰ alarm clock, ⏳ waiting hourglass, 🕐 clock hour, 📈 chart up, 📉 chart down, 🔍 search, 🔑 key password, 🔒 locked secure, 🔓 unlocked, 🔧 wrench repair, 🛠️ tools repair, ⚙️ settings gear, 💡 idea light bulb, 🔋 battery, 🔌 plug power, 📶 signal network, 🗑️ bin delete, 🐛 bug, 🚀 rocket launch, 🎯 target goal, 📚 books, 🎓 graduation school, 🩺 doctor stethoscope, 💊 pill medicine, 👕 T-shirt clothes, 👗 dress, 👟 shoe sneaker, 👜 handbag",
};
