/** @file Credits in words. */

import { fill, gettext, ngettext } from "./words.js";

/**
 * Write an amount as the server writes it: "1 credit", "1,200 credits".
 *
 * @param {number} amount
 * @returns {string}
 */
export function formatCredits(amount) {
  const text = amount.toLocaleString("en", { maximumFractionDigits: 2 });
  return fill(ngettext("{number} credit", "{number} credits", text === "1" ? 1 : 2), { number: text });
}

/**
 * Write a price that may be higher: "at least 25 credits".
 *
 * @param {string} price
 * @returns {string}
 */
export const atLeast = (price) => fill(gettext("at least {price}"), { price });
