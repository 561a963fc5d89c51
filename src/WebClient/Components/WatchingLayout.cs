using Microsoft.AspNetCore.Components;

namespace BigTech.WebClient.Components;

/// <summary>A layout that watches the state.</summary>
public abstract class WatchingLayout : Watching
{
    /// <summary>The page.</summary>
    [Parameter]
    public RenderFragment? Body { get; set; }
}
