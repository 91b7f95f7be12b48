import '#libs/ops'; // planted: imports/flow-releases
import '#libs/kernel';
