using Microsoft.AspNetCore.Builder;

namespace BigTech.BuildingBlocks.Web.Http;

/// <summary>What the API description says about a parameter of an endpoint.</summary>
/// <param name="Name">The name of the wire.</param>
public sealed record ParameterText(string Name, string Text);

public static class ParameterTexts
{
    /// <summary>Describes a parameter of an endpoint or, with one text, of all endpoints of a group that have it.</summary>
    public static T DescribeParameter<T>(this T endpoints, string name, string text) where T : IEndpointConventionBuilder =>
        endpoints.WithMetadata(new ParameterText(name, text));
}
