/** The words of the extras in English. */

export const WORDS = {
  "first.channel": "From",
  "first.name": "Name (if they are new)",
  "first.phone": "Phone number, with country code",
  "first.send": "Send",
  "first.template": "Template",
  "first.template_help": "Only a template may begin a conversation on this channel.",
  "first.text": "Text",
  "palette.command": "Command",
  "palette.conversation": "Conversation",
  "palette.hint": "Name, command or screen",
  "palette.screen": "Screen",
  "palette.search": "Search for “{words}”",
  "palette.title": "Go to, or do",
};
