/** What agents need now and then: the first script does without. */

import { h } from "../vendor/preact.js";
import { Help } from "../shell/help.js";
import { ClientDetails } from "../client/client_details.js";
import { TemplatePicker } from "../composer/template_picker.js";
import { BulkBar } from "./bulk_bar.js";
import { BulkDialog } from "./bulk_dialog.js";
import { ClientTimeline } from "./client_timeline.js";
import { FilterChips } from "./filter_chips.js";
import { FilterDialog } from "./filter_dialog.js";
import { FirstMessageDialog } from "./first_message_dialog.js";
import { FormatPreview, FormatRow } from "./format_row.js";
import { MacroStrip } from "./macro_strip.js";
import { MentionsDialog } from "./mentions_dialog.js";
import { Palette } from "./palette.js";
import { SessionDialog } from "./session_dialog.js";

/** @import { Extra } from "../shell/extras.js" */

/** @param {Extra} props */
export function Page(props) {
  switch (props.what) {
    case "timeline":
      return h(ClientTimeline, { id: props.id });
    case "client":
      return h(ClientDetails, { id: props.id, session: props.session });
    case "bulk":
      return h(BulkDialog, { onClose: props.onClose });
    case "bulk-bar":
      return h(BulkBar, { rows: props.rows, all: props.all });
    case "macro":
      return h(MacroStrip, {
        reply: props.reply,
        hasWords: props.hasWords,
        isClosed: props.isClosed,
        onRun: props.onRun,
        onClose: props.onClose,
      });
    case "format":
      return h(FormatRow, {
        formats: props.formats,
        onFormat: props.onFormat,
        keepFocus: props.keepFocus,
      });
    case "preview":
      return h(FormatPreview, {
        text: props.text,
        entities: props.entities,
        onClose: props.onClose,
      });
    case "template":
      return h(TemplatePicker, {
        session: props.session,
        onClose: props.onClose,
        onSent: props.onSent,
      });
    case "filter":
      return h(FilterDialog, { onClose: props.onClose });
    case "filter-chips":
      return h(FilterChips, null);
    case "transfer":
    case "snooze":
    case "tags":
      return h(SessionDialog, { what: props.what, onClose: props.onClose });
    case "help":
      return h(Help, { onClose: props.onClose });
    case "mentions":
      return h(MentionsDialog, { onClose: props.onClose });
    case "first-message":
      return h(FirstMessageDialog, { onClose: props.onClose });
    default:
      return h(Palette, { onClose: props.onClose });
  }
}
