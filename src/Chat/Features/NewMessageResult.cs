using System.Reflection;
using BigTech.Chat.Messages;
using BigTech.Contracts.Chat;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;

namespace BigTech.Chat.Features;

/// <summary>201 with a new message that is rendered already.</summary>
internal sealed class NewMessageResult(RenderedMessage message) : IResult, IEndpointMetadataProvider
{
    public static void PopulateMetadata(MethodInfo method, EndpointBuilder builder) =>
        builder.Metadata.Add(new ProducesResponseTypeMetadata(StatusCodes.Status201Created, typeof(MessageView), ["application/json"]));

    public Task ExecuteAsync(HttpContext httpContext) => RenderedResult.Write(httpContext, StatusCodes.Status201Created, message.Message);
}
