import { paths } from '../../api/paths.ts';
import { useMay } from '../../api/session.ts';
import { Empty } from '../../ui/empty.tsx';
import { Page } from '../../ui/page.tsx';
import { OrderForm } from '../forms/order-form.tsx';

export function NewOrderPage() {
  const may = useMay();
  return (
    <Page
      title="New order"
      parent={{ to: paths.orders(), name: 'Orders' }}
      lead={
        may('order:create') &&
        'What stock can serve is yours within hours. The rest is bought for you: you can take the order ' +
          'back until credentials are handed over.'
      }
    >
      {may('order:create') ? (
        <OrderForm />
      ) : (
        <Empty icon="warning" title="Your role does not order servers">
          Ask an administrator of your company to place the order.
        </Empty>
      )}
    </Page>
  );
}
