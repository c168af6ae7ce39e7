/** @file The script of every page. */

import * as keyboard from "../lib/keyboard.js";
import * as lateResponses from "../lib/late_responses.js";
import * as refresh from "../lib/refresh.js";
import * as toasts from "../lib/toasts.js";
import * as activity from "./base/activity.js";
import * as connectionBanner from "./base/connection_banner.js";
import * as controls from "./base/controls.js";
import * as fileDrop from "./base/file_drop.js";
import * as notifications from "./base/notifications.js";
import * as palette from "./base/palette.js";
import * as question from "./base/question.js";
import * as requestErrors from "./base/request_errors.js";
import * as restored from "./base/restored.js";
import * as shortcutsDialog from "./base/shortcuts_dialog.js";
import * as spendingButtons from "./base/spending_buttons.js";
import * as viewTransitions from "./base/view_transitions.js";

const parts = [
  refresh,
  lateResponses,
  toasts,
  requestErrors,
  restored,
  controls,
  question,
  spendingButtons,
  fileDrop,
  connectionBanner,
  keyboard,
  shortcutsDialog,
  palette,
  notifications,
  activity,
  viewTransitions,
];
for (const part of parts) part.start();
