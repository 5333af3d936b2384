// Opens the playground on the page's own address. `…/_admin?token=` is where the command line's `admin` leads: the
// token becomes a header and leaves the address bar, and with it the browser's history.
(function () {
  'use strict';
  var path = location.pathname.replace(/\/_admin$/, '') || '/';
  var token = new URLSearchParams(location.search).get('token');
  if (token) {
    history.replaceState(null, '', location.pathname);
  }
  window.GraphQLPlayground.init(document.getElementById('root'), {
    endpoint: location.origin + path,
    subscriptionEndpoint: location.origin.replace(/^http/, 'ws') + path,
    headers: token ? { Authorization: 'Bearer ' + token } : {},
    // Polling would use up the service's requests.
    settings: { 'schema.polling.enable': false, 'tracing.tracingSupported': false }
  });
})();
