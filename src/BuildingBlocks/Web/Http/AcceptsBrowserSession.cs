namespace BigTech.BuildingBlocks.Web.Http;

/// <summary>
/// Marks a GET that also accepts the cookie of <c>POST /auth/browser-session</c>: what a browser fetches by itself, without a header.
/// </summary>
public sealed class AcceptsBrowserSession;
