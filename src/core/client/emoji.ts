/**
 * A small table of emoji by name, for `:name:` and for picking reactions. The common ones, not all: whoever needs more
 * has them on the keyboard. Written as `name glyph` pairs, so that it costs the web client little.
 */
const TABLE = `
smile 😄 grin 😁 joy 😂 laughing 😆 rofl 🤣 wink 😉 blush 😊 slight_smile 🙂 upside_down 🙃 heart_eyes 😍 kiss 😘
yum 😋 tongue 😛 cool 😎 nerd 🤓 thinking 🤔 neutral 😐 expressionless 😑 smirk 😏 unamused 😒 rolling_eyes 🙄
grimacing 😬 relieved 😌 sleepy 😪 sleeping 😴 mask 😷 sick 🤢 dizzy 😵 exploding 🤯 party_face 🥳 pleading 🥺
confused 😕 worried 😟 frown 🙁 open_mouth 😮 astonished 😲 flushed 😳 scream 😱 cry 😢 sob 😭 sweat_smile 😅
sweat 😓 weary 😩 tired 😫 yawn 🥱 angry 😠 rage 😡 shush 🤫 zipper 🤐 hug 🤗 salute 🫡 melting 🫠 skull 💀
ghost 👻 alien 👽 robot 🤖 poop 💩 clown 🤡 cat 🐱 dog 🐶 fox 🦊 bear 🐻 panda 🐼 monkey 🐵 see_no_evil 🙈
hear_no_evil 🙉 speak_no_evil 🙊 penguin 🐧 bird 🐦 bee 🐝 bug 🐛 snail 🐌 turtle 🐢 octopus 🐙 whale 🐳
+1 👍 thumbsup 👍 -1 👎 thumbsdown 👎 ok_hand 👌 wave 👋 clap 👏 raised_hands 🙌 pray 🙏 handshake 🤝 muscle 💪
point_up ☝️ point_right 👉 point_left 👈 point_down 👇 crossed_fingers 🤞 victory ✌️ shrug 🤷 facepalm 🤦 eyes 👀
heart ❤️ orange_heart 🧡 yellow_heart 💛 green_heart 💚 blue_heart 💙 purple_heart 💜 broken_heart 💔 sparkles ✨
star ⭐ fire 🔥 boom 💥 zap ⚡ rainbow 🌈 sun ☀️ cloud ☁️ snow ❄️ umbrella ☔ ocean 🌊 earth 🌍 moon 🌙 tree 🌳
flower 🌸 rose 🌹 cactus 🌵 leaf 🍃 mushroom 🍄 apple 🍎 banana 🍌 cherry 🍒 avocado 🥑 pizza 🍕 burger 🍔
fries 🍟 taco 🌮 cake 🍰 birthday 🎂 cookie 🍪 doughnut 🍩 coffee ☕ tea 🍵 beer 🍺 beers 🍻 wine 🍷 cheers 🥂
tada 🎉 balloon 🎈 gift 🎁 trophy 🏆 medal 🏅 soccer ⚽ basketball 🏀 dart 🎯 dice 🎲 game 🎮 guitar 🎸 music 🎵
camera 📷 movie 🎬 phone 📱 computer 💻 keyboard ⌨️ printer 🖨️ battery 🔋 bulb 💡 flashlight 🔦 book 📖 books 📚
memo 📝 pencil ✏️ paperclip 📎 scissors ✂️ folder 📁 calendar 📅 chart 📈 pushpin 📌 lock 🔒 unlock 🔓 key 🔑
hammer 🔨 wrench 🔧 gear ⚙️ link 🔗 magnet 🧲 microscope 🔬 rocket 🚀 car 🚗 bus 🚌 train 🚆 bike 🚲 plane ✈️ ship 🚢
house 🏠 office 🏢 hourglass ⏳ clock 🕒 alarm ⏰ bell 🔔 no_bell 🔕 mail 📧 inbox 📥 outbox 📤 package 📦 money 💰
check ✅ heavy_check ✔️ x ❌ question ❓ exclamation ❗ warning ⚠️ no_entry ⛔ stop 🛑 construction 🚧 recycle ♻️
100 💯 plus ➕ minus ➖ infinity ♾️ up ⬆️ down ⬇️ left ⬅️ right ➡️ repeat 🔁 red_circle 🔴 green_circle 🟢 flag 🚩
`;

export interface Emoji {
  readonly name: string;
  readonly glyph: string;
}

/** All of them, in the order of the table. */
export const EMOJI: readonly Emoji[] = TABLE.trim()
  .split(/\s+/)
  .flatMap((name, i, words) => (i % 2 === 0 ? [{ name, glyph: words[i + 1] ?? '' }] : []));

/** Those whose name begins with this, then those that hold it; at most `count`. */
export function emojiNamed(text: string, count: number): Emoji[] {
  const wanted = text.toLowerCase();
  const begins = EMOJI.filter(({ name }) => name.startsWith(wanted));
  const holds = EMOJI.filter(({ name }) => !name.startsWith(wanted) && name.includes(wanted));
  return [...begins, ...holds].slice(0, count);
}
