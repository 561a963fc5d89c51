namespace BigTech.BuildingBlocks.Web.Http;

/// <summary>A group of operations in the API description; a context registers one for each of its own.</summary>
/// <param name="Name">As in the tags of its endpoints.</param>
/// <param name="Description">A sentence for the reader of the API page.</param>
public sealed record ApiTag(string Name, string Description);
