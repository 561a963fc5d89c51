using BigTech.WebClient.State;
using Microsoft.AspNetCore.Components;

namespace BigTech.WebClient.Components;

/// <summary>A component that is drawn again when the state that it shows has changed.</summary>
public abstract class Watching : ComponentBase, IDisposable
{
    private readonly List<Observable> _watched = [];

    /// <summary>The texts in the user's language.</summary>
    [Inject]
    public Texts T { get; set; } = null!;

    /// <summary>What went wrong last, for the user; null for nothing.</summary>
    protected string? Error { get; set; }

    /// <summary>Whether it is not shown any more. What ends after that must leave the page alone.</summary>
    protected bool IsGone { get; private set; }

    /// <summary>Whether a call of <see cref="Try"/> is under way.</summary>
    protected bool IsBusy { get; private set; }

    /// <inheritdoc/>
    public void Dispose()
    {
        IsGone = true;
        foreach (var one in _watched) one.Changed -= Draw;
        Close();
        GC.SuppressFinalize(this);
    }

    /// <summary>Begins to watch. The texts are watched by every component.</summary>
    protected void Watch(params Observable[] parts)
    {
        foreach (var one in parts.Append(T))
        {
            one.Changed += Draw;
            _watched.Add(one);
        }
    }

    /// <summary>The component is gone.</summary>
    protected virtual void Close()
    {
    }

    /// <summary>Draws again.</summary>
    protected void Draw()
    {
        if (!IsGone) StateHasChanged();
    }

    /// <summary>Does what the user asked for. What the server refuses, or a lost connection, is shown as <see cref="Error"/>.</summary>
    /// <returns>Whether it was done.</returns>
    protected async Task<bool> Try(Func<Task> act)
    {
        (IsBusy, Error) = (true, null);
        Draw();
        try
        {
            await act();
            return true;
        }
        catch (Exception error) when (error is ChatApiException or HttpRequestException or OperationCanceledException)
        {
            Error = T.Of(error);
            return false;
        }
        catch (Exception error)
        {
            // A fault of the client: the user is told, and the console has the rest.
            await Console.Error.WriteLineAsync($"{error}");
            Error = T.Of(error);
            return false;
        }
        finally
        {
            IsBusy = false;
            Draw();
        }
    }
}
