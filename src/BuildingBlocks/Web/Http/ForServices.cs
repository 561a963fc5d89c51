namespace BigTech.BuildingBlocks.Web.Http;

/// <summary>Marks an endpoint that only accepts other services of the product.</summary>
/// <param name="OrGateway">Whether it also accepts a gateway that has only the secret of gateways.</param>
public sealed record ForServices(bool OrGateway = false);
