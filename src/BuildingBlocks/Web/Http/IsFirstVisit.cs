namespace BigTech.BuildingBlocks.Web.Http;

/// <summary>
/// Whether the installation has no user yet, and lets new ones sign in at once. It is registered where the User context is in the process.
/// </summary>
public delegate ValueTask<bool> IsFirstVisit(CancellationToken ct);
