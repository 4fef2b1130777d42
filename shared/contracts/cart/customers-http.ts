/**
 * Who the shopper of a cart is. A merchant's system says it with the admin key, after it has made sure itself; a shopper
 * never can.
 */
import * as z from 'zod';
import { operation } from '../../http/operation.ts';
import { CustomerGroups, CustomerId } from '../../values/customer.ts';
import { unpriceable } from '../pricing/api.ts';
import { CartParams, CartView, unchangeable } from './http.ts';

export const CartCustomerInput = z
  .strictObject({
    /** Null makes the shopper a guest again. */
    customerId: CustomerId.nullable(),
    groups: CustomerGroups.default([]),
    isTaxExempt: z.boolean().default(false),
  })
  .refine(({ customerId, groups, isTaxExempt }) => customerId !== null || (groups.length === 0 && !isTaxExempt), {
    error: 'A guest has neither groups nor an exemption.',
    path: ['customerId'],
  });
export type CartCustomerInput = z.infer<typeof CartCustomerInput>;

export const setCartCustomer = operation({
  id: 'setCartCustomer',
  method: 'PUT',
  path: '/admin/v1/carts/:cartId/customer',
  summary: 'Say who the shopper of a cart is, or that it is a guest',
  params: CartParams,
  body: CartCustomerInput,
  answer: CartView,
  refusals: [...unchangeable, ...unpriceable],
});

export const cartCustomersOperations = [setCartCustomer];
