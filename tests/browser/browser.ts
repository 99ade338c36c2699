/** Chromium for the tests, and people in it. Everything waits for a condition, never for a time. */
import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import {
  chromium,
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  type Locator,
  type Page,
} from 'playwright-core';

const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** What Chromium itself says of a link that is down, and of a header that has no meaning without https. */
const EXPECTED = /WebSocket connection|net::ERR|Cross-Origin-Opener-Policy header has been ignored/;

/** Generous: the machine may be shared. Nothing waits this long unless it fails. */
const PATIENCE_MS = 20_000;

export const SCREENSHOTS = fileURLToPath(new URL('../../.cache/screenshots/', import.meta.url));
mkdirSync(SCREENSHOTS, { recursive: true });

export function openBrowser(...flags: string[]): Promise<Browser> {
  return chromium.launch({ executablePath: '/usr/bin/chromium', args: [...FLAGS, ...flags] });
}

/** A person with a browser profile of their own, looking at one page. */
export class Person {
  readonly page: Page;
  readonly context: BrowserContext;
  /** What must not happen: exceptions, violations of the content security policy, requests to anybody else. */
  readonly faults: string[] = [];

  private constructor(context: BrowserContext, page: Page) {
    this.context = context;
    this.page = page;
    page.setDefaultTimeout(PATIENCE_MS);
    this.watch(page);
  }

  watch(page: Page): void {
    page.on('pageerror', (error) => this.faults.push(`exception: ${error.message}`));
    page.on('console', (message) => {
      if (message.type() === 'error' && !EXPECTED.test(message.text())) {
        this.faults.push(`console: ${message.text()}`);
      }
    });
    page.on('request', (request) => {
      const url = new URL(request.url());
      const home = new URL(page.url() === 'about:blank' ? request.url() : page.url());
      if (url.protocol !== 'data:' && url.host !== home.host) this.faults.push(`third party: ${request.url()}`);
    });
  }

  static async open(browser: Browser, options: BrowserContextOptions = {}): Promise<Person> {
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
    return new Person(context, await context.newPage());
  }

  /** Answers the one question of the first run. */
  async enter(url: string, nick: string): Promise<void> {
    await this.page.goto(url);
    await this.page.getByLabel('Your nick').fill(nick);
    await this.page.keyboard.press('Enter');
    await this.online();
  }

  async online(): Promise<void> {
    await this.page.locator('.quality .unseen', { hasText: /^Connected/ }).waitFor({ state: 'attached' });
  }

  get composer(): Locator {
    return this.page.locator('.composer textarea');
  }

  /** The row of the message with exactly this text. */
  row(text: string): Locator {
    return this.page.locator('article.said', { has: this.page.locator('.said-text', { hasText: exactly(text) }) });
  }

  async say(text: string): Promise<void> {
    await this.composer.fill(text);
    await this.composer.press('Enter');
  }

  /** Says something and waits until the server has it. */
  async tell(text: string): Promise<void> {
    await this.say(text);
    await this.sent(text);
  }

  async sent(text: string): Promise<void> {
    await this.page
      .locator('article.said.sent', { has: this.page.locator('.said-text', { hasText: exactly(text) }) })
      .last()
      .waitFor();
  }

  async sees(text: string): Promise<void> {
    await this.row(text).last().waitFor();
  }

  /** The texts of all messages in the page, in order. */
  texts(): Promise<string[]> {
    return this.page.locator('article.said .said-text').allTextContents();
  }

  async close(): Promise<void> {
    await this.context.close();
  }
}

function exactly(text: string): RegExp {
  return new RegExp(`^\\s*${text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&')}\\s*$`);
}
