export * from './events.ts';
export { createWebServer, type WebServer } from './server.ts';
