// A mini-program's way through the API, with the generated types: what does not fit the OpenAPI
// document does not compile.
import createClient from "openapi-fetch";
import type { components, paths } from "./api";

type Card = components["schemas"]["Card"];
type Redemption = components["schemas"]["Redemption"];

const api = createClient<paths>({ baseUrl: "https://shop.example" });

/** Sign in with the platform's login code; the token goes with every further request. */
export async function signIn(platform: "wechat" | "douyin", code: string): Promise<boolean> {
  const { data, error } = await api.POST("/api/v1/mini/{platform}/login", {
    params: { path: { platform } },
    body: { code },
  });
  if (error || !data.data) throw new Error(error?.message ?? "no answer");
  const { token, phone_verified } = data.data;
  api.use({
    onRequest({ request }) {
      request.headers.set("Authorization", `Bearer ${token}`);
      return request;
    },
  });
  return phone_verified;
}

/** The phone button's code makes one member of all accounts with that number. */
export async function sharePhone(code: string): Promise<string | null> {
  const { data } = await api.POST("/api/v1/mini/phone", { body: { code } });
  return data?.data?.phone ?? null;
}

/** Scan, look, ask for what is recommended. */
export async function redeem(venueId: number, scanned: string): Promise<Redemption | undefined> {
  const seen = await api.POST("/api/v1/mini/redemptions/inspect", {
    body: { venue_id: venueId, code: scanned },
  });
  const found = seen.data?.data;
  const choice = found?.certificates?.[0]?.choices?.find((one) => one.recommended)?.choice;
  if (!found?.inspection) return undefined;
  const asked = await api.POST("/api/v1/mini/redemptions", {
    body: { venue_id: venueId, inspection: found.inspection, ...(choice ? { choice } : {}) },
  });
  return asked.data?.data;
}

/** Follow it until nothing changes by itself any more. */
export async function follow(ref: string): Promise<Redemption["state"]> {
  const { data } = await api.GET("/api/v1/mini/redemptions/{ref}", { params: { path: { ref } } });
  return data?.data?.state;
}

/** All of them, a page at a time. */
export async function myCards(): Promise<Card[]> {
  const cards: Card[] = [];
  for (let page = 1; ; page += 1) {
    const { data } = await api.GET("/api/v1/mini/cards", {
      params: { query: { page, page_size: 100 } },
    });
    const found = data?.data?.items ?? [];
    cards.push(...found);
    if (!found.length || cards.length >= (data?.data?.total ?? 0)) return cards;
  }
}

/** The first class with a free seat that the member can pay for; and giving the seat back. */
export async function bookFirst(venueId: number): Promise<number | undefined> {
  const { data } = await api.GET("/api/v1/mini/classes", {
    params: { query: { venue_id: venueId } },
  });
  const free = data?.data?.find((one) => one.bookable);
  if (!free) return undefined;
  const seat = await api.POST("/api/v1/mini/bookings", { body: { session_id: free.id } });
  return seat.data?.data?.id;
}

export async function giveBack(bookingId: number): Promise<void> {
  await api.DELETE("/api/v1/mini/bookings/{booking_id}", {
    params: { path: { booking_id: bookingId } },
  });
}

/** What `requestSubscribeMessage` reported. */
export async function allowed(accepted: string[]): Promise<number> {
  const { data } = await api.POST("/api/v1/mini/subscriptions", { body: { accepted } });
  return data?.data?.[0]?.left ?? 0;
}

/** What must not compile: an unknown platform, a missing venue, a field of another type. */
export async function mistakes(): Promise<void> {
  await api.POST("/api/v1/mini/{platform}/login", {
    // @ts-expect-error there is no such mini-program
    params: { path: { platform: "alipay" } },
    body: { code: "x" },
  });
  // @ts-expect-error a venue is needed
  await api.POST("/api/v1/mini/redemptions/inspect", { body: { code: "1234567890" } });
  // @ts-expect-error a session is a number
  await api.POST("/api/v1/mini/bookings", { body: { session_id: "9" } });
}
