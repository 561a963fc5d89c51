namespace BigTech.BuildingBlocks.Web.Http;

/// <summary>Marks an endpoint that only accepts other services of the product.</summary>
public sealed class ForServices;
