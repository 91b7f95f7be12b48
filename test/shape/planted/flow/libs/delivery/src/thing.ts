import '#libs/ops'; // planted: imports/flow-delivery
import '#libs/kernel';
