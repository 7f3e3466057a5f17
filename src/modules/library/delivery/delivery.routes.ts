import { Router } from 'express';
import { delivered, type Telemetry } from '../../../telemetry.ts';
import type { DeliveryService } from './delivery.service.ts';

/**
 * Delivery as Express middleware; mounted at the root, before body parsers and sessions. It reads the raw target, since
 * Express' own decoding would lose what signatures and transformations need.
 */
export function deliveryRouter(service: DeliveryService, telemetry: Telemetry): Router {
  const router = Router();
  router.use(async (req, res, next) => {
    const sentBefore = req.socket.bytesWritten;
    if (!(await service.handle(req.originalUrl, req, res))) return next();
    delivered(telemetry, { status: res.statusCode, source: 'served', bytes: req.socket.bytesWritten - sentBefore });
  });
  return router;
}
