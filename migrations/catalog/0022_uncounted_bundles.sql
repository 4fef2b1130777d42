-- A bundle that takes nothing that is counted has a figure that no counted one reaches, and the page of a bundle leaves open
-- whether it is counted: pages from before are made anew from their documents.
update availability set available = 2000000000
where available = 1000000000 and stock_unit_id in (select bundle.stock_unit_id from variants bundle
  where exists (select 1 from variant_components part where part.variant_id = bundle.id)
    and not exists (select 1 from variant_components part join variants component on component.id = part.component_id
      where part.variant_id = bundle.id and component.floor > -2000000000));
update products set page = '' where id in
  (select bundle.product_id from variants bundle join variant_components part on part.variant_id = bundle.id);
