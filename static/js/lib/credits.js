/** @file Credits in words. */

/**
 * Write an amount as the server writes it: "1 credit", "1,200 credits".
 *
 * @param {number} amount
 * @returns {string}
 */
export function formatCredits(amount) {
  const text = amount.toLocaleString("en", { maximumFractionDigits: 2 });
  return `${text} ${text === "1" ? "credit" : "credits"}`;
}
