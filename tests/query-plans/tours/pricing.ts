/** Every statement of the settings, the entries of price lists, gift cards, store credit and the levels of allowances. */
import { saveLevels } from '../../../durable-objects/allowance/storage.ts';
import type { ListPrice } from '../../../shared/contracts/pricing/price-lists.ts';
import { commit, databaseOf } from '../../../shared/messaging/d1.ts';
import { makeId } from '../../../shared/values/ids.ts';
import * as allowances from '../../../workers/pricing/allowances/store.ts';
import * as codes from '../../../workers/pricing/codes/store.ts';
import type { Change } from '../../../workers/pricing/domain/edit.ts';
import { pageOfListPrices } from '../../../workers/pricing/store/list-prices.ts';
import { loadSettings, saveSettings, settingsSourceOf } from '../../../workers/pricing/store/settings.ts';
import { priceList, promotion, taxRate } from '../../../workers/pricing/testing/settings.ts';

const variantId = makeId('variant', { now: 1, random: new Uint8Array(16) });

export async function tour(client: D1Database): Promise<void> {
  const db = databaseOf(client);
  await tourOfSettings(client);
  await tourOfCodes(client);

  const card = {
    id: 'gft_1',
    codeHash: 'h',
    last4: 'AB12',
    currency: 'EUR',
    amountMinor: 1,
    expiresAt: null,
    note: null,
    createdAt: 1,
    createdBy: 'k',
    ...{ orderId: null, lineId: null, unit: null },
  } as const;
  await allowances.addGiftCard(db, card, []);
  for (const beforeId of [null, 'gft_2']) {
    for (const last4 of [null, 'AB12'])
      for (const orderId of [null, 'ord_1'])
        await allowances.listGiftCards(db, { beforeId, last4, orderId, limit: 20 });
  }
  await allowances.unitsWithCard(db, 'ord_1');
  await commit(
    db,
    allowances.addSoldCards(db, [{ ...card, id: 'gft_2', codeHash: 'i', orderId: 'ord_1', lineId: 'lin_1', unit: 1 }]),
  );
  await allowances.liveCardsOfLine(db, 'ord_1', 'lin_1');
  await allowances.markVoided(db, 'chk_1.v1', [{ id: 'gft_2', isDisabled: false }]);
  await allowances.cardsVoidedBy(db, 'chk_1.v1');
  await allowances.keepVoided(db, 'gft_2', 1);
  await allowances.unmarkVoided(db, 'chk_1.v1');
  await allowances.removeVoided(db, 'chk_1.v1', 'system:voided');
  await allowances.cardsByHash(db, ['h']);
  await allowances.addStoreCredit(db, { customerId: 'c1', currency: 'EUR', createdAt: 1 });
  for (const after of [null, ['c1', 'EUR'] as const]) {
    for (const customerId of [null, 'c1']) await allowances.listStoreCredits(db, { after, customerId, limit: 20 });
  }
  await allowances.openingsOf(db, ['gift:gft_1', 'credit:c1:EUR']);
  await saveLevels(
    client,
    [
      {
        allowance: 'gift:gft_1',
        total: 1,
        held: 0,
        committed: 0,
        available: 1,
        isDisabled: false,
        version: 1,
      } as never,
    ],
    1,
  );
  await commit(db, []);
}

async function tourOfCodes(client: D1Database): Promise<void> {
  const db = databaseOf(client);
  const [id, promotionId, batchId] = ['cod_1', 'pro_1', 'cbt_1'];
  const batch = { id: batchId, promotionId, createdBy: 'k', now: 1 };
  await codes.addCodes(db, [{ id, code: 'A', usesMax: 1 }], batch);
  await codes.takenCodes(db, ['A']);
  await codes.codesByText(db, ['A']);
  for (const search of [undefined, 'A'])
    for (const one of [undefined, batchId])
      for (const status of [undefined, 'active', 'disabled'] as const)
        await codes.pageOfCodes(db, promotionId, { search, batchId: one, status }, '', 20);
  await codes.codeById(db, promotionId, id);
  for (const isActive of [undefined, true, false])
    for (const usesMax of [undefined, null]) await codes.codeChanged(db, id, { isActive, usesMax }, 2);
  for (const one of [undefined, batchId])
    for (const isActive of [true, false]) await codes.switchCodes(db, promotionId, { batchId: one, isActive }, 3);
  await codes.removeCodes(db, promotionId, { batchId }, 4);
  await codes.removeCodes(db, promotionId, { id }, 4);
  await commit(db, [codes.codesRemoved(db, promotionId, 'all', 5)]);
}

async function tourOfSettings(client: D1Database): Promise<void> {
  const db = databaseOf(client);
  const source = settingsSourceOf(db);
  const before = await loadSettings(db);
  const [market] = before.markets;
  const [rate] = before.shippingRates;
  if (market === undefined || rate === undefined) throw new Error('A new shop has markets and rates');
  const list = priceList('prl_1');
  const set = [{ variantId, currency: 'EUR', amount: 1, compareAtAmount: null, tiers: [] } satisfies ListPrice];
  const changes: readonly Change<unknown>[] = [
    {
      value: null,
      saved: {
        markets: [market],
        shippingRates: [rate],
        promotions: [promotion('prm_1', { kind: 'free-shipping' })],
        priceLists: [list],
        taxRates: [taxRate('txr_1', '0.1')],
      },
      removedIds: {},
      listPrices: { listId: list.id, set, remove: [{ variantId, currency: 'EUR' }] },
    },
    {
      value: null,
      saved: {},
      removedIds: { shippingRates: [rate.id], promotions: ['prm_1'], priceLists: [list.id], taxRates: ['txr_1'] },
      listPrices: { listId: list.id, set: [], remove: 'all' },
    },
  ];
  for (const change of changes) {
    const version = (await loadSettings(db)).version + 1;
    await saveSettings(db, { version, change, also: [], changedBy: 'key:k1', now: Date.now() });
  }
  await source.version();
  await source.load();
  await source.settingsAt(Date.now() - 1);
  await source.listPrices({ listIds: ['prl_1'], variantIds: [variantId], currency: 'EUR', version: 2 });
  await pageOfListPrices(db, 'prl_1', ['', ''], 20);
}
