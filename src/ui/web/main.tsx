/** Starts the web client: address, attention, session, page. */
import { render } from 'preact';
import { App } from './app.tsx';
import { notify } from './attention/notifications.ts';
import { startReading } from './attention/reading.ts';
import { startTitle } from './attention/title.ts';
import { goTo, startNavigation } from './navigation.ts';
import { nick } from './preferences.ts';
import { parseRoute } from './route.ts';
import { prepareSession, startHere } from './session.ts';
import { registerWorker } from './worker/registration.ts';

startNavigation();
prepareSession(notify);
startReading();
startTitle();
const root = document.getElementById('app');
if (root !== null) render(<App />, root);
if (nick.value !== '') void startHere(nick.value);
registerWorker((hash) => {
  const route = parseRoute(hash);
  if (route !== undefined) goTo(route);
});
