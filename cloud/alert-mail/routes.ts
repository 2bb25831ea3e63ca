import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { type ChangeLog, differences } from '../change-log.ts';
import { allow } from '../http/index.ts';
import type { AlertMail } from './alert-mail.ts';
import { AlertMailSettings } from './settings.ts';

const tags = ['fleet'];

/** Who gets mail about alerts of gateways. For administrators only: it holds addresses. */
export function alertMailRoutes(alertMail: AlertMail, audit: ChangeLog): FastifyPluginAsyncZod {
  return async (api) => {
    api.get(
      '/alerts/mail',
      {
        ...allow(),
        schema: {
          tags,
          summary: 'Who gets mail about alerts',
          response: { 200: AlertMailSettings },
        },
      },
      () => alertMail.settings(),
    );
    api.put(
      '/alerts/mail',
      {
        ...allow(),
        schema: {
          tags,
          summary: 'Sets who gets mail about which alerts, and how often',
          body: AlertMailSettings,
          response: { 200: AlertMailSettings },
        },
      },
      ({ body, caller }) =>
        alertMail.configure(body, (old, next) => {
          audit.note(caller, { what: 'alert-mail-changed', details: differences(old, next) });
        }),
    );
  };
}
