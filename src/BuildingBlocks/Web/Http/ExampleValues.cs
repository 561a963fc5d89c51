namespace BigTech.BuildingBlocks.Web.Http;

/// <summary>What the examples of answers say; a context registers its own.</summary>
/// <param name="Json">An object: values by the name of a property, or by that of its schema and its own, <c>RoomView.name</c>.</param>
public sealed record ExampleValues(string Json);
