import { Router } from 'express';
import type { DeliveryService } from './delivery.service.ts';

/**
 * Delivery as Express middleware; mounted at the root, before body parsers and sessions. It reads the raw target, since
 * Express' own decoding would lose what signatures and transformations need.
 */
export function deliveryRouter(service: DeliveryService): Router {
  const router = Router();
  router.use(async (req, res, next) => {
    if (!(await service.handle(req.originalUrl, req, res))) next();
  });
  return router;
}
