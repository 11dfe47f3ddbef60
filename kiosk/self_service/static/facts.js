// The facts of an error as the catalogue's sentences want them.

import { platformName } from "./certificate.js";
import { day, isDay, shortDay } from "./format.js";
import * as keep from "./keep.js";

const INSTANT = /^\d{4}-\d{2}-\d{2}T/;

/** Adds date, where, venue, shops (with their number n) and platform to what was sent. */
export function errorFacts(facts) {
  const shops = (facts.venues ?? []).map((venue) =>
    (typeof venue === "string" ? { name: venue } : venue)).filter((venue) => venue.name);
  return {
    ...facts,
    date: when(facts.expire_date ?? facts.at ?? facts.starts) ?? lastDay(facts.expired_at),
    venue: facts.here ?? keep.kiosk().venue?.name,
    venues: undefined,
    n: shops.length || undefined,
    shops,
    platform: facts.platform ? platformName({ platform: facts.platform }) : undefined,
  };
}

function when(value) {
  if (isDay(value)) return shortDay(value);
  return typeof value === "string" && INSTANT.test(value) ? shortDay(day(value)) : undefined;
}

/** The last usable day before an instant at which it was over: midnight belongs to the day past. */
function lastDay(ended) {
  return INSTANT.test(ended ?? "") ? shortDay(day(Date.parse(ended) - 1)) : undefined;
}
