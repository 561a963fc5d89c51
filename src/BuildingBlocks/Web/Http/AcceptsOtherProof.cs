namespace BigTech.BuildingBlocks.Web.Http;

/// <summary>
/// Marks an endpoint that takes an access token or something else in its place: it runs without a caller too, and must itself refuse a
/// request that proves nothing.
/// </summary>
public sealed class AcceptsOtherProof;
