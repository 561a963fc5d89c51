namespace BigTech.BuildingBlocks.Web.Http;

/// <summary>Marks an endpoint that also accepts a <c>?ticket=</c>: a stream that a browser's EventSource opens.</summary>
public sealed class AcceptsTicket;
