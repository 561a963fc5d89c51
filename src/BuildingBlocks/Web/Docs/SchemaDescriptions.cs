using System.ComponentModel.DataAnnotations;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using BigTech.BuildingBlocks.Web.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace BigTech.BuildingBlocks.Web.Docs;

/// <summary>
/// What the description says beside the doc comments and the lengths, which the framework reads itself: closed sets
/// (<see cref="AllowedValuesAttribute"/>), ids, required fields, parameters of paths (<see cref="ParameterText"/>), members of problems.
/// </summary>
public static class SchemaDescriptions
{
    private const string LowestId = "1";

    public static void AddSchemaDescriptions(this OpenApiOptions options)
    {
        options.AddSchemaTransformer((schema, context, _) =>
        {
            if (context.JsonTypeInfo.Type == typeof(ProblemDetails)) DescribeProblem(schema);
            ShowRequired(schema, context.JsonTypeInfo);
            if (context.JsonPropertyInfo is { } property) DescribeProperty(schema, property);
            return Task.CompletedTask;
        });
        options.AddOperationTransformer((operation, context, _) =>
        {
            var texts = context.Description.ActionDescriptor.EndpointMetadata.OfType<ParameterText>().ToList();
            foreach (var parameter in operation.Parameters?.OfType<OpenApiParameter>() ?? [])
            {
                // The endpoint's own text comes after that of its group.
                parameter.Description ??= texts.LastOrDefault(text => text.Name == parameter.Name)?.Text;
                if (parameter.Name is { } name && parameter.Schema is OpenApiSchema schema) LimitIds(schema, name);
            }
            return Task.CompletedTask;
        });
        options.AddDocumentTransformer((document, _, _) =>
        {
            var properties = document.Components?.Schemas?.Values.SelectMany(schema => schema.Properties?.Values ?? []) ?? [];
            foreach (var property in properties.OfType<OpenApiSchema>()) Raise(property);
            return Task.CompletedTask;
        });
    }

    /// <summary>The framework describes the one of two that is not null; the text is about the property.</summary>
    private static void Raise(OpenApiSchema property)
    {
        if (property.OneOf?.OfType<OpenApiSchemaReference>().FirstOrDefault()?.Reference is not { Description: { } text } shown) return;
        property.Description = text;
        shown.Description = null;
    }

    /// <summary>The server does not take null for what it requires, although it reads it, to name the field in its answer.</summary>
    private static void ShowRequired(OpenApiSchema schema, JsonTypeInfo type)
    {
        if (schema.Properties is null) return;
        var isRequest = typeof(IHasExample).IsAssignableFrom(type.Type);
        foreach (var property in type.Properties)
        {
            var isRequired = Find<RequiredAttribute>(property) is not null
                || (isRequest && schema.Required?.Contains(property.Name) == true);
            if (isRequired && schema.Properties.TryGetValue(property.Name, out var described)) ShowWithoutNull(described);
        }
    }

    private static void ShowWithoutNull(IOpenApiSchema described)
    {
        if (described is not OpenApiSchema schema) return;
        schema.Type &= ~JsonSchemaType.Null;
        schema.Enum = schema.Enum?.Where(value => !value.IsJsonNullSentinel()).ToList();
    }

    private static void DescribeProperty(OpenApiSchema schema, JsonPropertyInfo property)
    {
        LimitIds(schema, property.Name);
        if (Find<AllowedValuesAttribute>(property) is not { } allowed) return;
        schema.Enum = [.. allowed.Values.Select(value => (JsonNode)JsonValue.Create((string)value!))];
        if (schema.Type is { } type && type.HasFlag(JsonSchemaType.Null)) schema.Enum.Add(JsonNullSentinel.JsonNull);
    }

    /// <summary>The ids that stores give are 1 and more; ids that are texts have no such limit.</summary>
    private static void LimitIds(OpenApiSchema schema, string name)
    {
        var isId = name == "id" || name.EndsWith("_id", StringComparison.Ordinal) || name.EndsWith("_ids", StringComparison.Ordinal);
        if (!isId) return;
        if (IsNumber(schema)) schema.Minimum = LowestId;
        if (schema.Items is OpenApiSchema item && IsNumber(item)) item.Minimum = LowestId;
    }

    private static bool IsNumber(OpenApiSchema schema) => schema.Type is { } type && type.HasFlag(JsonSchemaType.Integer);

    private static T? Find<T>(JsonPropertyInfo property) where T : Attribute =>
        property.AttributeProvider?.GetCustomAttributes(typeof(T), inherit: false).OfType<T>().FirstOrDefault();

    /// <summary>The members of RFC 9457; <see cref="OpenApi"/> adds those of this API.</summary>
    private static void DescribeProblem(OpenApiSchema schema)
    {
        Describe("type", "The kind of problem, by its code.");
        Describe("title", "What the status means.");
        Describe("status", "The status of the response.");
        Describe("detail", "What went wrong, for people.");
        Describe("instance", "Not used.");

        void Describe(string name, string text)
        {
            if (schema.Properties?.TryGetValue(name, out var member) == true) member.Description = text;
        }
    }
}
