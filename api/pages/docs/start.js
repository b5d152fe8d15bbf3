// Show this server's OpenAPI document. Use no other server, and store no token.
SwaggerUIBundle({
  url: "/api/v1/openapi.json",
  dom_id: "#page",
  deepLinking: true,
  docExpansion: "none",
  validatorUrl: null,
  queryConfigEnabled: false,
  persistAuthorization: false,
});
