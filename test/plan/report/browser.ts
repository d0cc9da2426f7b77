/** A real Chromium that shows pages to tests. */
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import type * as Puppeteer from "puppeteer-core";

const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/** The browser's program: `CHROMIUM`, else one on PATH; `null` where there is none. */
export function findChromium(): string | null {
  const { CHROMIUM, PATH = "" } = process.env;
  if (CHROMIUM) return CHROMIUM;
  const places = PATH.split(delimiter).flatMap((folder) => NAMES.map((name) => join(folder, name)));
  return places.find((place) => existsSync(place)) ?? null;
}

/** Asks nothing of any network by itself. The sandbox is left out, for the tests' machines are containers often. */
export async function startBrowser(executablePath: string): Promise<Puppeteer.Browser> {
  // loaded only where there is a browser
  const { launch } = await import("puppeteer-core");
  return launch({ executablePath, args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking"] });
}

/** A page of a file, and all that must not happen on it: what the console says, errors, requests but for the file itself. */
export interface WatchedPage {
  readonly page: Puppeteer.Page;
  readonly told: readonly string[];
}

export interface Look {
  readonly scheme: "light" | "dark";
  /** In CSS pixels. */
  readonly width: number;
  readonly script: boolean;
}

export async function openPage(browser: Puppeteer.Browser, address: string, look: Look): Promise<WatchedPage> {
  const page = await browser.newPage();
  const told: string[] = [];
  page.on("console", (message) => told.push(`console: ${message.text()}`));
  page.on("pageerror", (error) => told.push(`error: ${String(error)}`));
  page.on("request", (request) => {
    if (request.url() !== address && !request.url().startsWith("data:")) told.push(`request: ${request.url()}`);
  });
  await page.setViewport({ width: look.width, height: 900 });
  await page.setJavaScriptEnabled(look.script);
  await page.emulateMediaFeatures([
    { name: "prefers-color-scheme", value: look.scheme },
    { name: "prefers-reduced-motion", value: "reduce" },
  ]);
  await page.goto(address);
  return { page, told };
}
