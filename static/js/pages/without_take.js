/** @file The page of the scenes without a take. */

import * as withoutTakeForm from "../lib/without_take_form.js";

withoutTakeForm.start();
