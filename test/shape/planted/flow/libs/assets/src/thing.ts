import '#libs/ops'; // planted: imports/flow-assets
import '#libs/kernel';
