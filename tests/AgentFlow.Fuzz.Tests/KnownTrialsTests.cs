using Xunit;

namespace AgentFlow.Fuzz.Tests;

/// <summary>Trials that went as they should and were taken for wrong; each with what would have been.</summary>
public sealed class KnownTrialsTests
{
    /// <summary>Until its end was known, a precondition said one thing of the element that had begun, and another of the next.</summary>
    private const string OneElementOfTwo = """
        Start|3|G1102231|1|0|-1|1|778||1
        End|3|G1102231|1|0|-1|1|778|820160647|1
        Start|3|G1102231|1|10|-1|1|||1
        End|3|G1102231|1|10|-1|1||[274880220]|1
        Start|3|G1102231|1|15|-1|1|||1
        End|3|G1102231|1|15|-1|1||853521839|1
        Start|3|G1102231|1|1|-1|1|778||1
        End|3|G1102231|1|1|-1|1|778|436656662|1
        Start|8|G1102231|1|2|-1|1|436656662;820160647;436656662||1
        End|8|G1102231|1|2|-1|1|436656662;820160647;436656662|-|1
        Start|8|G1102231|1|3|-1|1|||1
        Start|8|G1102231|1|16|-1|1|853521839||1
        End|8|G1102231|1|16|-1|1|853521839|932320406|1
        End|8|G1102231|1|3|-1|1||[372891450,408532017]|1
        Start|8|G1102231|1|4|0|1|372891450;820160647;820160647;820160647||1
        Start|8|G1102231|1|4|1|1|408532017;820160647;820160647;820160647||1
        End|8|G1102231|1|4|0|1|372891450;820160647;820160647;820160647|318448293|1
        End|8|G1102231|1|4|1|1|408532017;820160647;820160647;820160647|751292008|1
        Fallback|8|G1102231|1|6|-1|1||764634336|1
        Start|8|G1102231|1|5|0|1|318448293;436656662||1
        End|8|G1102231|1|5|0|1|318448293;436656662|98282463|1
        Start|8|G1102231|1|5|1|1|751292008;436656662||1
        End|8|G1102231|1|5|1|1|751292008;436656662|121662536|1
        Start|8|G1102231|1|11|-1|1|764634336||1
        End|8|G1102231|1|11|-1|1|764634336|801648107|1
        Start|8|G1102231|1|9|0|1|778;372891450;436656662||1
        End|8|G1102231|1|9|0|1|778;372891450;436656662|167014469|1
        Undo|8|G1102231|1|9|-1|1||[167014469]|1
        Undo|8|G1102231|1|4|-1|1||[318448293,751292008]|1
        RunEnded|8|G1102231|1|0|-1|1||Failed 1/A11|1
        """;

    /// <summary>A child that had undone what it did went on in another process, in the same attempt of its caller.</summary>
    private const string ChildAfterDeath = """
        Start|1|root|1|1|-1|1|||1
        Start|1|root/1/A1/0.1|1|0|-1|1|64205281||1
        End|1|root/1/A1/0.1|1|0|-1|1|64205281|424193026|1
        Start|1|root/1/A1/0.1|1|1|-1|1|64205281;424193026||1
        Start|1|root/1/A1/0.1|1|2|-1|1|424193026||1
        End|1|root/1/A1/0.1|1|1|-1|1|64205281;424193026|[655483486]|1
        Start|1|root/1/A1/0.1|1|3|0|1|655483486||1
        Cancelled|1|root/1/A1/0.1|1|3|0|1|655483486||1
        Cancelled|1|root/1/A1/0.1|1|2|-1|1|424193026||1
        Undo|1|root/1/A1/0.1|1|0|-1|1||424193026|1
        Settled|3|root|1|1|-1|1|||1
        Start|3|root|1|1|-1|1|||1
        Start|3|root/1/A1/0.1|1|0|-1|1|64205281||1
        Start|3|root/1/A1/0.1|1|3|0|1|655483486||1
        Cancelled|3|root/1/A1/0.1|1|0|-1|1|64205281||1
        Cancelled|3|root/1/A1/0.1|1|3|0|1|655483486||1
        Cancelled|3|root|1|1|-1|1||1 |1
        """;

    /// <summary>A process that counted its attempts anew used the failure of a child that another had been about to redrive.</summary>
    private const string FailureUsedAgain = """
        Start|1|root|1|0|-1|1|129||1
        Start|1|root/1/A0/0.1|1|0|-1|1|529710422||1
        End|1|root/1/A0/0.1|1|0|-1|1|529710422|[803050714]|1
        Start|1|root/1/A0/0.1|1|2|-1|1|[803050714];[803050714]||1
        Cancelled|1|root/1/A0/0.1|1|2|-1|1|[803050714];[803050714]||1
        Undo|1|root/1/A0/0.1|1|0|-1|1||[803050714]|1
        Start|2|root|1|0|-1|1|129||1
        Fail|2|root|1|0|-1|1|129|1 Failed 1/A2|1
        Start|2|root|1|0|-1|2|129||1
        Start|3|root|1|0|-1|1|129||1
        Fail|3|root|1|0|-1|1|129|1 Failed 1/A2|1
        Start|3|root|1|0|-1|2|129||1
        Start|3|root/1/A0/0.1|1|0|-1|1|529710422||2
        End|3|root/1/A0/0.1|1|0|-1|1|529710422|[803050714]|2
        Start|3|root/1/A0/0.1|1|1|-1|1|||2
        Fail|3|root/1/A0/0.1|1|1|-1|1|||2
        Undo|3|root/1/A0/0.1|1|0|-1|1||[803050714]|2
        Fail|3|root|1|0|-1|2|129|1 Failed 1/A1|1
        """;

    /// <summary>Children that had waited went on by one instance of their agent, and used what it had cached of another child.</summary>
    private const string OutputOfAnotherInstance = """
        Start|1|root|1|0|-1|1|785||1
        End|1|root|1|0|-1|1|785|[297786431,770930642,921774585]|1
        Start|1|root|1|1|0|1|297786431;[297786431,770930642,921774585]||1
        End|1|root|1|1|0|1|297786431;[297786431,770930642,921774585]|43098147|1
        Start|1|root|1|1|1|1|770930642;[297786431,770930642,921774585]||1
        End|1|root|1|1|1|1|770930642;[297786431,770930642,921774585]|119834047|1
        Start|1|root|1|1|2|1|921774585;[297786431,770930642,921774585]||1
        End|1|root|1|1|2|1|921774585;[297786431,770930642,921774585]|63976881|1
        Start|1|root|1|2|0|1|43098147;[297786431,770930642,921774585]||1
        End|1|root|1|2|0|1|43098147;[297786431,770930642,921774585]|943966255|1
        Start|1|root|1|2|1|1|119834047;[297786431,770930642,921774585]||1
        End|1|root|1|2|1|1|119834047;[297786431,770930642,921774585]|902301795|1
        Start|1|root|1|2|2|1|63976881;[297786431,770930642,921774585]||1
        End|1|root|1|2|2|1|63976881;[297786431,770930642,921774585]|188819727|1
        Start|1|root|1|3|-1|1|[297786431,770930642,921774585];[297786431,770930642,921774585];[43098147,119834047,63976881]||1
        Start|1|root/1/A3/0.1|1|0|-1|1|608021878||1
        Start|1|root/1/A3/0.1|1|1|-1|1|||1
        Start|1|root|1|4|-1|1|[943966255,902301795,188819727];[43098147,119834047,63976881]||1
        End|1|root/1/A3/0.1|1|0|-1|1|608021878|693433002|1
        Start|1|root/1/A3/0.1|1|3|-1|1|||1
        End|1|root/1/A3/0.1|1|3|-1|1||-|1
        End|1|root/1/A3/0.1|1|1|-1|1||580993034|1
        End|1|root|1|4|-1|1|[943966255,902301795,188819727];[43098147,119834047,63976881]|[]|1
        Start|1|root|1|6|0|1|297786431;[];[43098147,119834047,63976881]||1
        Start|1|root|1|6|1|1|770930642;[];[43098147,119834047,63976881]||1
        Start|1|root|1|6|2|1|921774585;[];[43098147,119834047,63976881]||1
        Start|1|root/1/A6/0.1|1|0|-1|1|263898503||1
        End|1|root/1/A6/0.1|1|0|-1|1|263898503|[951518731,359652403,936477683]|1
        Start|1|root/1/A6/0.1|1|1|-1|1|||1
        End|1|root/1/A6/0.1|1|1|-1|1||247501466|1
        Start|1|root/1/A6/0.1|1|2|-1|1|[951518731,359652403,936477683]||1
        Start|1|root/1/A6/0.1|1|3|-1|1|247501466||1
        Start|1|root/1/A3/0.1|1|2|-1|1|608021878;580993034||1
        Start|1|root/1/A6/1.1|1|0|-1|1|520119659||1
        End|1|root/1/A6/1.1|1|0|-1|1|520119659|[89864780,337159608]|1
        Start|1|root/1/A6/1.1|1|2|-1|1|[89864780,337159608]||1
        Start|1|root/1/A6/1.1|1|3|-1|1|247501466||1
        End|1|root/1/A6/0.1|1|3|-1|1|247501466|[644036111,273375928,559978290]|1
        End|1|root/1/A6/1.1|1|3|-1|1|247501466|[644036111,273375928,559978290]|1
        End|1|root/1/A6/0.1|1|2|-1|1|[951518731,359652403,936477683]|ok|1
        Start|1|root/1/A6/0.1|1|4|-1|1|[644036111,273375928,559978290]||1
        End|1|root/1/A3/0.1|1|2|-1|1|608021878;580993034|608470144|1
        Start|1|root/1/A3/0.1|1|4|-1|1|693433002;580993034;608470144;-||1
        End|1|root/1/A3/0.1|1|4|-1|1|693433002;580993034;608470144;-|347898845|1
        End|1|root/1/A6/1.1|1|2|-1|1|[89864780,337159608]|ok|1
        Start|1|root/1/A6/1.1|1|4|-1|1|[644036111,273375928,559978290]||1
        End|1|root|1|3|-1|1|[297786431,770930642,921774585];[297786431,770930642,921774585];[43098147,119834047,63976881]|825489663|1
        End|1|root/1/A6/1.1|1|4|-1|1|[644036111,273375928,559978290]|-|1
        Start|1|root/1/A6/2.1|1|0|-1|1|454060081||1
        End|1|root/1/A6/2.1|1|0|-1|1|454060081|[15039020,934799565]|1
        Start|1|root/1/A6/2.1|1|1|-1|1|||1
        End|1|root/1/A6/2.1|1|1|-1|1||247501466|1
        Start|1|root/1/A6/2.1|1|2|-1|1|[15039020,934799565]||1
        Start|1|root/1/A6/2.1|1|3|-1|1|247501466||1
        End|1|root/1/A6/0.1|1|4|-1|1|[644036111,273375928,559978290]|-|1
        End|1|root/1/A6/2.1|1|3|-1|1|247501466|[644036111,273375928,559978290]|1
        End|1|root/1/A6/2.1|1|2|-1|1|[15039020,934799565]|ok|1
        Start|1|root/1/A6/2.1|1|4|-1|1|[644036111,273375928,559978290]||1
        End|1|root/1/A6/2.1|1|4|-1|1|[644036111,273375928,559978290]|-|1
        Start|1|root/1/A6/0.2|1|0|-1|1|521929004||1
        End|1|root/1/A6/0.2|1|0|-1|1|521929004|[151519310,1217320,186536186]|1
        Start|1|root/1/A6/0.2|1|1|-1|1|||1
        End|1|root/1/A6/0.2|1|1|-1|1||247501466|1
        Start|1|root/1/A6/0.2|1|2|-1|1|[151519310,1217320,186536186]||1
        Start|1|root/1/A6/0.2|1|3|-1|1|247501466||1
        Start|1|root/1/A6/1.2|1|0|-1|1|709221492||1
        End|1|root/1/A6/1.2|1|0|-1|1|709221492|[]|1
        Start|1|root/1/A6/1.2|1|2|-1|1|[]||1
        Start|1|root/1/A6/1.2|1|3|-1|1|247501466||1
        End|1|root/1/A6/0.2|1|3|-1|1|247501466|[644036111,273375928,559978290]|1
        End|1|root/1/A6/1.2|1|3|-1|1|247501466|[644036111,273375928,559978290]|1
        Start|1|root/1/A6/2.2|1|0|-1|1|820392537||1
        End|1|root/1/A6/2.2|1|0|-1|1|820392537|[241019929]|1
        Start|1|root/1/A6/2.2|1|2|-1|1|[241019929]||1
        Start|1|root/1/A6/2.2|1|3|-1|1|247501466||1
        End|1|root/1/A6/2.2|1|3|-1|1|247501466|[644036111,273375928,559978290]|1
        End|1|root/1/A6/0.2|1|2|-1|1|[151519310,1217320,186536186]|ok|1
        Start|1|root/1/A6/0.2|1|4|-1|1|[644036111,273375928,559978290]||1
        End|1|root/1/A6/1.2|1|2|-1|1|[]|ok|1
        Start|1|root/1/A6/1.2|1|4|-1|1|[644036111,273375928,559978290]||1
        End|1|root/1/A6/2.2|1|2|-1|1|[241019929]|ok|1
        Start|1|root/1/A6/2.2|1|4|-1|1|[644036111,273375928,559978290]||1
        End|1|root/1/A6/1.2|1|4|-1|1|[644036111,273375928,559978290]|-|1
        End|1|root|1|6|1|1|770930642;[];[43098147,119834047,63976881]|849704516|1
        End|1|root/1/A6/0.2|1|4|-1|1|[644036111,273375928,559978290]|-|1
        End|1|root|1|6|0|1|297786431;[];[43098147,119834047,63976881]|960914861|1
        End|1|root/1/A6/2.2|1|4|-1|1|[644036111,273375928,559978290]|-|1
        End|1|root|1|6|2|1|921774585;[];[43098147,119834047,63976881]|882237958|1
        Start|1|root|1|8|-1|1|[297786431,770930642,921774585];[43098147,119834047,63976881];[943966255,902301795,188819727];825489663;[];-;[960914861,849704516,882237958]||1
        End|1|root|1|8|-1|1|[297786431,770930642,921774585];[43098147,119834047,63976881];[943966255,902301795,188819727];825489663;[];-;[960914861,849704516,882237958]|254625980|1
        Start|1|root|1|7|-1|1|[43098147,119834047,63976881]||1
        End|1|root|1|7|-1|1|[43098147,119834047,63976881]|ok|1
        """;

    /// <summary>A person had an action of a child done again; then what ran the child was undone, and another child took its place.</summary>
    private const string OnceInThreeChildren = """
        Start|1|root|1|2|-1|1|||1
        Start|1|root/1/A2/0.1|1|0|-1|1|370392715||1
        End|1|root/1/A2/0.1|1|0|-1|1|370392715|568536279|1
        Start|1|root/1/A2/0.1|1|1|-1|1|568536279||1
        End|1|root/1/A2/0.1|1|1|-1|1|568536279|550772431|1
        Start|2|root|1|2|-1|1|||1
        Settled|2|root/1/A2/0.1|1|1|-1|1|||1
        Start|2|root/1/A2/0.1|1|1|-1|1|568536279||1
        End|2|root/1/A2/0.1|1|1|-1|1|568536279|550772431|1
        Start|2|root/1/A2/0.1|1|2|-1|1|568536279||1
        Start|2|root/1/A2/0.1/1/A2/0.1|1|0|-1|1|109957575||1
        End|2|root/1/A2/0.1/1/A2/0.1|1|0|-1|1|109957575|504635553|1
        Start|2|root/1/A2/0.1/1/A2/0.1|1|1|-1|1|504635553||1
        End|2|root/1/A2/0.1/1/A2/0.1|1|1|-1|1|504635553|864769925|1
        Start|3|root|1|2|-1|1|||1
        Start|3|root/1/A2/0.1|1|2|-1|1|568536279||1
        End|3|root/1/A2/0.1|1|2|-1|1|568536279|54586955|1
        Start|3|root/1/A2/0.1|1|3|-1|1|568536279;550772431;54586955||1
        End|3|root/1/A2/0.1|1|3|-1|1|568536279;550772431;54586955|-|1
        End|3|root|1|2|-1|1||159694118|1
        Start|3|root|1|3|-1|1|81;190247836;190247836||1
        Start|3|root|1|4|-1|1|159694118;190247836||1
        End|3|root|1|4|-1|1|159694118;190247836|174622484|1
        Start|3|root|1|6|-1|1|||1
        End|3|root|1|6|-1|1||ok|1
        Start|3|root|1|5|-1|1|174622484||1
        Start|3|root|1|1|-1|1|190247836||1
        Fail|3|root|1|3|-1|1|81;190247836;190247836||1
        End|3|root|1|1|-1|1|190247836|ok|1
        End|3|root|1|5|-1|1|174622484|450061238|1
        Undo|3|root|1|5|-1|1||450061238|1
        Undo|3|root|1|2|-1|1||159694118|1
        Redriven|3|root|1|0|-1|1|14|Failed 1/A3|2
        Start|3|root|1|2|-1|1|||2
        Start|3|root/1/A2/0.1|1|0|-1|1|370392715||2
        End|3|root/1/A2/0.1|1|0|-1|1|370392715|568536279|2
        Start|3|root/1/A2/0.1|1|1|-1|1|568536279||2
        End|3|root/1/A2/0.1|1|1|-1|1|568536279|550772431|2
        Start|3|root/1/A2/0.1|1|2|-1|1|568536279||2
        Start|3|root/1/A2/0.1/1/A2/0.1|1|0|-1|1|109957575||2
        End|3|root/1/A2/0.1/1/A2/0.1|1|0|-1|1|109957575|504635553|2
        Start|3|root/1/A2/0.1/1/A2/0.1|1|1|-1|1|504635553||2
        End|3|root/1/A2/0.1/1/A2/0.1|1|1|-1|1|504635553|864769925|2
        End|3|root/1/A2/0.1|1|2|-1|1|568536279|54586955|2
        Start|3|root/1/A2/0.1|1|3|-1|1|568536279;550772431;54586955||2
        End|3|root/1/A2/0.1|1|3|-1|1|568536279;550772431;54586955|-|2
        End|3|root|1|2|-1|1||159694118|2
        Start|3|root|1|3|-1|1|81;190247836;190247836||2
        Start|3|root|1|5|-1|1|174622484||2
        End|3|root|1|3|-1|1|81;190247836;190247836|89776685|2
        Start|3|root|1|7|-1|1|190247836;159694118;89776685;174622484||2
        End|3|root|1|7|-1|1|190247836;159694118;89776685;174622484|370188567|2
        End|3|root|1|5|-1|1|174622484|450061238|2
        """;

    /// <summary>What nobody waits for began when its child had failed, and could not undo what it had done.</summary>
    private const string BegunAfterTheFailure = """
        Start|1|root|1|7|-1|1|162||1
        End|1|root|1|7|-1|1|162|153146813|1
        Start|1|root|1|9|-1|1|153146813;-||1
        End|1|root|1|9|-1|1|153146813;-|384464048|1
        Start|1|root|1|1|-1|1|334672358;334672358;-||1
        Start|1|root/1/A1/0.1|1|0|-1|1|913758440||1
        Start|1|root/1/A1/0.1/1/A0/0.1|1|0|-1|1|42298432||1
        End|1|root/1/A1/0.1/1/A0/0.1|1|0|-1|1|42298432|407420881|1
        Start|1|root/1/A1/0.1/1/A0/0.1|1|2|-1|1|42298432;407420881;407420881||1
        End|1|root/1/A1/0.1/1/A0/0.1|1|2|-1|1|42298432;407420881;407420881|[810929000,165404112,954183905]|1
        Start|1|root/1/A1/0.1/1/A0/0.1|1|1|-1|1|42298432;407420881;407420881||1
        Fail|1|root/1/A1/0.1/1/A0/0.1|1|1|-1|1|42298432;407420881;407420881||1
        Start|1|root|1|2|-1|1|||1
        End|1|root|1|2|-1|1||ok|1
        Start|1|root/1/A1/0.1/1/A0/0.1|1|4|-1|1|407420881||1
        End|1|root/1/A1/0.1/1/A0/0.1|1|4|-1|1|407420881|744694701|1
        Start|1|root|1|6|-1|1|334672358||1
        End|1|root|1|6|-1|1|334672358|605912689|1
        UndoFails|1|root/1/A1/0.1/1/A0/0.1|1|0|-1|1||407420881|1
        Fail|1|root/1/A1/0.1|1|0|-1|1|913758440|1 Failed 1/A1|1
        Start|1|root/1/A1/0.1/1/A0/0.1|1|3|-1|1|407420881||1
        End|1|root/1/A1/0.1/1/A0/0.1|1|3|-1|1|407420881|ok|1
        Start|1|root/1/A1/0.1|1|0|-1|2|913758440||1
        Start|1|root/1/A1/0.1/1/A0/0.1|1|1|-1|1|42298432;407420881;407420881||2
        Start|1|root/1/A1/0.1/1/A0/0.1|1|3|-1|1|407420881||2
        End|1|root/1/A1/0.1/1/A0/0.1|1|3|-1|1|407420881|ok|2
        Fail|1|root/1/A1/0.1/1/A0/0.1|1|1|-1|1|42298432;407420881;407420881||2
        UndoFails|1|root/1/A1/0.1/1/A0/0.1|1|0|-1|1||407420881|2
        Fail|1|root/1/A1/0.1|1|0|-1|2|913758440|1 Failed 1/A1|1
        Start|1|root/1/A1/0.1|1|0|-1|3|913758440||1
        Start|1|root/1/A1/0.1/1/A0/0.1|1|1|-1|1|42298432;407420881;407420881||3
        Start|1|root/1/A1/0.1/1/A0/0.1|1|3|-1|1|407420881||3
        End|1|root/1/A1/0.1/1/A0/0.1|1|3|-1|1|407420881|ok|3
        Fail|1|root/1/A1/0.1/1/A0/0.1|1|1|-1|1|42298432;407420881;407420881||3
        UndoFails|1|root/1/A1/0.1/1/A0/0.1|1|0|-1|1||407420881|3
        Fail|1|root/1/A1/0.1|1|0|-1|3|913758440|1 Failed 1/A1|1
        Fail|1|root|1|1|-1|1|334672358;334672358;-|1 Failed 1/A0|1
        Fallback|1|root|1|1|-1|1||600676373|1
        Start|1|root|1|3|-1|1|||1
        End|1|root|1|3|-1|1||[377643267,442105820,913637642]|1
        Start|1|root|1|4|-1|1|162;[377643267,442105820,913637642];[377643267,442105820,913637642]||1
        Start|1|root|1|5|0|1|377643267||1
        Start|1|root/1/A5/0.1|1|1|-1|1|||1
        Start|1|root/1/A5/0.1|1|2|-1|1|897060730||1
        Start|1|root/1/A5/0.1|1|0|-1|1|897060730||1
        End|1|root/1/A5/0.1|1|0|-1|1|897060730|ok|1
        Start|1|root|1|5|1|1|442105820||1
        Start|1|root/1/A5/1.1|1|1|-1|1|||1
        Start|1|root/1/A5/1.1|1|2|-1|1|406413574||1
        Start|1|root|1|5|2|1|913637642||1
        End|1|root/1/A5/1.1|1|2|-1|1|406413574|774223063|1
        Start|1|root/1/A5/1.1|1|5|-1|1|406413574;774223063||1
        End|1|root/1/A5/1.1|1|5|-1|1|406413574;774223063|640879914|1
        Start|1|root/1/A5/2.1|1|1|-1|1|||1
        Start|1|root/1/A5/2.1|1|2|-1|1|130483334||1
        Start|1|root/1/A5/2.1|1|0|-1|1|130483334||1
        End|1|root/1/A5/2.1|1|0|-1|1|130483334|ok|1
        Start|1|root/1/A5/1.1|1|0|-1|1|406413574||1
        End|1|root/1/A5/1.1|1|0|-1|1|406413574|ok|1
        Cancelled|1|root|1|4|-1|1|162;[377643267,442105820,913637642];[377643267,442105820,913637642]||1
        End|1|root/1/A5/1.1|1|1|-1|1||642565973|1
        Start|1|root/1/A5/1.1|1|6|-1|1|642565973;774223063;-;-;640879914||1
        End|1|root/1/A5/0.1|1|2|-1|1|897060730|4374216|1
        Start|1|root/1/A5/0.1|1|5|-1|1|897060730;4374216||1
        End|1|root/1/A5/0.1|1|5|-1|1|897060730;4374216|78560266|1
        End|1|root/1/A5/0.1|1|1|-1|1||642565973|1
        Start|1|root/1/A5/0.1|1|6|-1|1|642565973;4374216;-;-;78560266||1
        End|1|root/1/A5/1.1|1|6|-1|1|642565973;774223063;-;-;640879914|499668297|1
        End|1|root|1|5|1|1|442105820|49222801|1
        End|1|root/1/A5/0.1|1|6|-1|1|642565973;4374216;-;-;78560266|17503011|1
        End|1|root|1|5|0|1|377643267|827292917|1
        Start|1|root|1|4|-1|2|162;[377643267,442105820,913637642];[377643267,442105820,913637642]||1
        End|1|root/1/A5/2.1|1|2|-1|1|130483334|313396376|1
        Start|1|root/1/A5/2.1|1|5|-1|1|130483334;313396376||1
        End|1|root/1/A5/2.1|1|5|-1|1|130483334;313396376|132420388|1
        End|1|root/1/A5/2.1|1|1|-1|1||642565973|1
        Start|1|root/1/A5/2.1|1|6|-1|1|642565973;313396376;-;-;132420388||1
        End|1|root|1|4|-1|2|162;[377643267,442105820,913637642];[377643267,442105820,913637642]|774865789|1
        Start|1|root|1|10|-1|1|334672358;600676373;774865789;605912689;153146813;-;384464048;-||1
        End|1|root/1/A5/2.1|1|6|-1|1|642565973;313396376;-;-;132420388|864493278|1
        End|1|root|1|5|2|1|913637642|363892431|1
        End|1|root|1|10|-1|1|334672358;600676373;774865789;605912689;153146813;-;384464048;-|701869963|1
        Undo|1|root|1|5|-1|1||[827292917,49222801,363892431]|1
        """;

    /// <summary>
    /// An element was undone when its session failed, and cut short when it failed again, while another was undone: what is done of it the third time goes on where it was.
    /// </summary>
    private const string ElementUndoneOnceOnly = """
        Start|2|G1252581|1|1|-1|1|||1
        End|2|G1252581|1|1|-1|1||315923767|1
        Start|2|G1252581|1|2|-1|1|||1
        End|2|G1252581|1|2|-1|1||[951147931,288953416,426938]|1
        Start|2|G1252581|1|3|0|1|951147931;[951147931,288953416,426938]||1
        Start|2|G1252581/1/A3/0.1|1|0|-1|1|428758712||1
        End|2|G1252581/1/A3/0.1|1|0|-1|1|428758712|223632451|1
        Start|2|G1252581/1/A3/0.1|1|1|-1|1|||1
        End|2|G1252581/1/A3/0.1|1|1|-1|1||614277268|1
        Start|2|G1252581/1/A3/0.1|1|2|-1|1|614277268||1
        End|2|G1252581/1/A3/0.1|1|2|-1|1|614277268|977355330|1
        Start|2|G1252581/1/A3/0.2|1|0|-1|1|719908443||1
        End|2|G1252581/1/A3/0.2|1|0|-1|1|719908443|868510714|1
        Start|2|G1252581/1/A3/0.2|1|1|-1|1|||1
        End|2|G1252581/1/A3/0.2|1|1|-1|1||614277268|1
        Start|2|G1252581|1|3|1|1|288953416;[951147931,288953416,426938]||1
        Start|2|G1252581/1/A3/0.2|1|2|-1|1|614277268||1
        Start|2|G1252581/1/A3/1.1|1|0|-1|1|539849810||1
        End|2|G1252581/1/A3/1.1|1|0|-1|1|539849810|245550808|1
        Start|2|G1252581/1/A3/1.1|1|1|-1|1|||1
        End|2|G1252581/1/A3/1.1|1|1|-1|1||614277268|1
        End|2|G1252581/1/A3/0.2|1|2|-1|1|614277268|977355330|1
        Start|2|G1252581/1/A3/1.1|1|2|-1|1|614277268||1
        End|2|G1252581/1/A3/1.1|1|2|-1|1|614277268|977355330|1
        End|2|G1252581|1|3|0|1|951147931;[951147931,288953416,426938]|414930097|1
        Start|2|G1252581|1|0|-1|1|491||1
        Start|2|G1252581/1/A3/1.2|1|0|-1|1|798029265||1
        End|2|G1252581/1/A3/1.2|1|0|-1|1|798029265|758008022|1
        Cancelled|2|G1252581|1|0|-1|1|491||1
        Start|2|G1252581|1|3|2|1|426938;[951147931,288953416,426938]||1
        Settled|8|G1252581|1|3|2|1|||1
        Settled|8|G1252581|1|3|1|1|||1
        Undo|8|G1252581|1|3|-1|1||[414930097]|1
        Redriven|8|G1252581|1|0|-1|1|16|Failed 1/A0|2
        Start|8|G1252581|1|3|0|1|951147931;[951147931,288953416,426938]||2
        Start|8|G1252581/1/A3/0.1|1|0|-1|1|428758712||2
        End|8|G1252581/1/A3/0.1|1|0|-1|1|428758712|223632451|2
        Start|8|G1252581/1/A3/0.1|1|1|-1|1|||2
        End|8|G1252581/1/A3/0.1|1|1|-1|1||614277268|2
        Start|8|G1252581/1/A3/0.1|1|2|-1|1|614277268||2
        Start|8|G1252581|1|3|1|1|288953416;[951147931,288953416,426938]||2
        Start|8|G1252581/1/A3/1.2|1|1|-1|1|||2
        End|8|G1252581/1/A3/1.2|1|1|-1|1||614277268|2
        Start|8|G1252581/1/A3/1.2|1|2|-1|1|614277268||2
        End|8|G1252581/1/A3/1.2|1|2|-1|1|614277268|977355330|2
        Start|8|G1252581|1|0|-1|1|491||2
        Cancelled|8|G1252581|1|0|-1|1|491||2
        End|8|G1252581|1|3|1|1|288953416;[951147931,288953416,426938]|366866726|2
        Cancelled|8|G1252581/1/A3/0.1|1|2|-1|1|614277268||2
        Cancelled|8|G1252581|1|3|0|1|951147931;[951147931,288953416,426938]|1 |2
        Undo|8|G1252581|1|3|-1|1||[366866726]|2
        Redriven|8|G1252581|1|0|-1|1|27|Failed 1/A0|3
        Settled|8|G1252581|1|3|0|1|||3
        Start|8|G1252581|1|3|0|1|951147931;[951147931,288953416,426938]||3
        Start|8|G1252581/1/A3/0.1|1|2|-1|1|614277268||3
        Start|8|G1252581|1|3|1|1|288953416;[951147931,288953416,426938]||3
        Start|8|G1252581/1/A3/1.1|1|0|-1|1|539849810||3
        End|8|G1252581/1/A3/1.1|1|0|-1|1|539849810|245550808|3
        Start|8|G1252581/1/A3/1.1|1|1|-1|1|||3
        End|8|G1252581/1/A3/1.1|1|1|-1|1||614277268|3
        Start|8|G1252581/1/A3/1.1|1|2|-1|1|614277268||3
        Start|8|G1252581|1|0|-1|1|491||3
        Cancelled|8|G1252581|1|0|-1|1|491||3
        Cancelled|8|G1252581/1/A3/0.1|1|2|-1|1|614277268||3
        Cancelled|8|G1252581|1|3|0|1|951147931;[951147931,288953416,426938]|1 |3
        Cancelled|8|G1252581/1/A3/1.1|1|2|-1|1|614277268||3
        Cancelled|8|G1252581|1|3|1|1|288953416;[951147931,288953416,426938]|1 |3
        RunEnded|8|G1252581|1|0|-1|1||Failed 1/A0|1
        """;

    /// <summary>
    /// Elements that ran together ended a for-each, with one value of two or with both. The next for-each, over whichever it was, may not begin: its precondition
    /// holds for neither.
    /// </summary>
    private const string RefusedWhicheverItWas = """
        Start|8|G1284902|1|0|-1|1|826||1
        End|8|G1284902|1|0|-1|1|826|[477483719,618894064,263466057]|1
        Start|8|G1284902|1|7|-1|1|826||1
        Start|8|G1284902|1|13|-1|1|||1
        End|8|G1284902|1|13|-1|1||[]|1
        End|8|G1284902|1|7|-1|1|826|252569125|1
        Start|8|G1284902|1|1|0|1|826;477483719;[477483719,618894064,263466057]||1
        End|8|G1284902|1|1|0|1|826;477483719;[477483719,618894064,263466057]|296981334|1
        Start|8|G1284902|1|1|1|1|826;618894064;[477483719,618894064,263466057]||1
        End|8|G1284902|1|1|1|1|826;618894064;[477483719,618894064,263466057]|747496842|1
        Start|8|G1284902|1|6|-1|1|826||1
        Start|8|G1284902/1/A6/0.1|1|0|-1|1|833804587||1
        Start|8|G1284902/1/A6/0.1/1/A0/0.1|1|0|-1|1|256452315||1
        Fail|8|G1284902/1/A6/0.1/1/A0/0.1|1|0|-1|1|256452315||1
        Start|8|G1284902/1/A6/0.1|1|2|-1|1|||1
        End|8|G1284902/1/A6/0.1|1|2|-1|1||67145425|1
        Fallback|8|G1284902/1/A6/0.1/1/A0/0.1|1|0|-1|1||465934668|1
        Start|8|G1284902|1|8|-1|1|826;[477483719,618894064,263466057]||1
        End|8|G1284902|1|8|-1|1|826;[477483719,618894064,263466057]|155219086|1
        Start|8|G1284902/1/A6/0.1/1/A0/0.1|1|2|-1|1|486317202||1
        End|8|G1284902/1/A6/0.1/1/A0/0.1|1|2|-1|1|486317202|836017549|1
        Start|8|G1284902/1/A6/0.1/1/A0/0.1|1|4|-1|1|465934668;486317202;836017549||1
        End|8|G1284902/1/A6/0.1/1/A0/0.1|1|4|-1|1|465934668;486317202;836017549|108736651|1
        Undo|8|G1284902/1/A6/0.1/1/A0/0.1|1|2|-1|1||836017549|1
        Undo|8|G1284902/1/A6/0.1/1/A0/0.1|1|1|-1|1||486317202|1
        Fail|8|G1284902/1/A6/0.1|1|0|-1|1|833804587|1 Failed 1/A3|1
        Fail|8|G1284902|1|6|-1|1|826|1 Failed 1/A0|1
        RunEnded|8|G1284902|1|0|-1|1||Failed 1/A2,1/A6|1
        """;

    /// <summary>
    /// A child was redriven by another attempt of its caller, which a later process counted as the first: what stood in it was made in an epoch that was not read.
    /// </summary>
    private const string StoodSinceAnEpochUnread = """
        Start|1|root|1|7|-1|1|122||1
        Start|1|root|1|0|-1|1|122||1
        Start|1|root/1/A0/0.1|1|2|-1|1|343497208;-||1
        End|1|root/1/A0/0.1|1|2|-1|1|343497208;-|458620815|1
        Start|1|root/1/A0/0.1|1|0|-1|1|343497208||1
        Start|1|root/1/A0/0.1/1/A0/0.1|1|0|-1|1|163876243||1
        End|1|root/1/A0/0.1/1/A0/0.1|1|0|-1|1|163876243|545263162|1
        Start|1|root/1/A0/0.1/1/A0/0.1|1|1|-1|1|545263162||1
        Start|1|root/1/A0/0.1|1|4|-1|1|343497208;458620815;-||1
        Start|1|root|1|1|-1|1|||1
        End|1|root/1/A0/0.1/1/A0/0.1|1|1|-1|1|545263162|-|1
        End|1|root/1/A0/0.1|1|0|-1|1|343497208|652560567|1
        Start|1|root/1/A0/0.1|1|1|-1|1|652560567;652560567;652560567||1
        End|1|root|1|1|-1|1||932129344|1
        Start|1|root|1|4|-1|1|932129344||1
        End|1|root|1|4|-1|1|932129344|346460183|1
        End|1|root/1/A0/0.1|1|4|-1|1|343497208;458620815;-|719146229|1
        End|1|root/1/A0/0.1|1|1|-1|1|652560567;652560567;652560567|784667837|1
        Start|1|root/1/A0/0.1|1|5|-1|1|652560567;784667837;458620815;-;719146229;-||1
        End|1|root/1/A0/0.1|1|5|-1|1|652560567;784667837;458620815;-;719146229;-|905822454|1
        Undo|1|root/1/A0/0.1|1|1|-1|1||784667837|1
        Undo|1|root/1/A0/0.1|1|0|-1|1||652560567|1
        Fail|1|root|1|0|-1|1|122|1 LimitReached|1
        Start|1|root|1|0|-1|2|122||1
        Start|1|root|1|3|-1|1|||1
        End|1|root|1|3|-1|1||761078572|1
        Settled|2|root|1|3|-1|1|||1
        Start|2|root|1|7|-1|1|122||1
        Start|2|root|1|0|-1|1|122||1
        Start|2|root/1/A0/0.1|1|0|-1|1|343497208||2
        Start|2|root/1/A0/0.1/1/A0/0.1|1|0|-1|1|163876243||2
        End|2|root/1/A0/0.1/1/A0/0.1|1|0|-1|1|163876243|545263162|2
        Start|3|root|1|7|-1|1|122||1
        Start|3|root|1|0|-1|1|122||1
        Start|3|root/1/A0/0.1|1|0|-1|1|343497208||2
        Cancelled|3|root/1/A0/0.1|1|0|-1|1|343497208|1 |2
        Cancelled|3|root|1|0|-1|1|122|1 |1
        Cancelled|3|root|1|7|-1|1|122||1
        """;

    private const Parts CrashParts = Parts.Redrives | Parts.RetriedChildren | Parts.UndoneAnswers | Parts.Signals | Parts.Children | Parts.AtMostOnce | Parts.Hanging
        | Parts.Delays | Parts.Contexts | Parts.Transactions;

    [Fact]
    public void A_precondition_holds_for_all_elements_or_none()
    {
        var model = Maker.Make(1102231, CrashParts);
        var end = new Ending(EndKind.Failed, "", ["1/A11"], "");
        Assert.Empty(Check(model, OneElementOfTwo, end, lives: 8, isDeferred: false));
        var next = "Start|8|G1102231|1|9|1|1|778;408532017;436656662||1\nEnd|8|G1102231|1|9|1|1|778;408532017;436656662|7|1\nUndo|8|G1102231|1|9|-1";
        Assert.Contains(
            Check(model, OneElementOfTwo.Replace("Undo|8|G1102231|1|9|-1", next, StringComparison.Ordinal), end, lives: 8, isDeferred: false),
            static complaint => complaint.Contains("A9", StringComparison.Ordinal));
    }

    [Fact]
    public void What_stands_of_a_child_was_made_of_what_was_there()
    {
        var model = Maker.Make(1702981);
        var end = new Ending(EndKind.TimedOut, "", null, "");
        Assert.Empty(Check(model, ChildAfterDeath, end, lives: 3, isDeferred: true));
        Assert.Contains(
            Check(model, ChildAfterDeath.Replace("3|root/1/A1/0.1|1|3|0|1|655483486|", "3|root/1/A1/0.1|1|3|0|1|655483487|", StringComparison.Ordinal), end, lives: 3, isDeferred: true),
            static complaint => complaint.Contains("A3", StringComparison.Ordinal));
    }

    [Fact]
    public void A_child_that_is_not_redriven_yet_failed_as_it_did()
    {
        var model = Maker.Make(1800208);
        var end = new Ending(EndKind.Failed, "", ["1/A0"], "");
        Assert.Empty(Check(model, FailureUsedAgain, end, lives: 3, isDeferred: false));
        Assert.Contains(
            Check(model, FailureUsedAgain.Replace("|2|129|1 Failed 1/A1|", "|2|129|1 Failed 1/A2|", StringComparison.Ordinal), end, lives: 3, isDeferred: false),
            static complaint => complaint.Contains("A2", StringComparison.Ordinal));
    }

    [Fact]
    public void Sessions_share_what_an_instance_has_cached()
    {
        var model = Maker.Make(2101428);
        var end = new Ending(EndKind.Completed, "254625980", null, "");
        Assert.Empty(Check(model, OutputOfAnotherInstance, end, lives: 1, isDeferred: true));
        var others = OutputOfAnotherInstance.Replace("root/1/A6/1.1|1|3|-1|1|247501466|", "root/1/A6/1.1|1|3|-1|1|247501467|", StringComparison.Ordinal);
        Assert.Contains(Check(model, others, end, lives: 1, isDeferred: true), static complaint => complaint.Contains("A6/1.1: 1/A3", StringComparison.Ordinal));
    }

    [Fact]
    public void What_a_person_had_done_again_in_a_child_counts_for_the_next()
    {
        var model = Maker.Make(2106509);
        var end = new Ending(EndKind.Completed, "370188567", null, "");
        Assert.Empty(Check(model, OnceInThreeChildren, end, lives: 3, isDeferred: false));
        var unasked = OnceInThreeChildren.Replace("Settled|2|root/1/A2/0.1|1|1|-1|1|||1\n", "", StringComparison.Ordinal);
        Assert.Contains(Check(model, unasked, end, lives: 3, isDeferred: false), static complaint => complaint.Contains("at most once", StringComparison.Ordinal));
    }

    [Fact]
    public void What_could_not_be_undone_was_tried_whatever_begins_afterwards()
    {
        var model = Maker.Make(2200167);
        var end = new Ending(EndKind.LimitReached, "", null, "");
        Assert.Empty(Check(model, BegunAfterTheFailure, end, lives: 1, isDeferred: false));
        var untried = BegunAfterTheFailure.Replace("UndoFails|1|root/1/A1/0.1/1/A0/0.1|1|0|-1|1||407420881|1\n", "", StringComparison.Ordinal);
        Assert.NotEqual(BegunAfterTheFailure, untried);
        Assert.Contains(Check(model, untried, end, lives: 1, isDeferred: false), static complaint => complaint.Contains("undone 0 times", StringComparison.Ordinal));
    }

    [Fact]
    public void An_outcome_is_undone_once()
    {
        var model = Maker.Make(1252581, CrashParts & ~Parts.Transactions);
        var end = new Ending(EndKind.Failed, "", ["1/A0"], "");
        Assert.Empty(Check(model, ElementUndoneOnceOnly, end, lives: 8, isDeferred: false));
        const string GoesOn = "Start|8|G1252581/1/A3/0.1|1|2|-1|1|614277268||3";
        var other = ElementUndoneOnceOnly.Replace(GoesOn, GoesOn.Replace("614277268", "614277269", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Contains(Check(model, other, end, lives: 8, isDeferred: false), static complaint => complaint.Contains("A3/0.1: 1/A2", StringComparison.Ordinal));
    }

    [Fact]
    public void A_for_each_that_may_not_begin_over_any_of_its_arrays_has_failed()
    {
        var model = Maker.Make(1284902, CrashParts & ~Parts.Transactions);
        Assert.Empty(Check(model, RefusedWhicheverItWas, new(EndKind.Failed, "", ["1/A2", "1/A6"], ""), lives: 8, isDeferred: false));
        Assert.Contains(
            Check(model, RefusedWhicheverItWas, new(EndKind.Failed, "", ["1/A6"], ""), lives: 8, isDeferred: false),
            static complaint => complaint.Contains("not 1/A2", StringComparison.Ordinal));
    }

    [Fact]
    public void What_stands_since_an_attempt_that_nobody_counts_any_more_stands()
    {
        var model = Maker.Make(2402588);
        var end = new Ending(EndKind.TimedOut, "", null, "");
        Assert.Empty(Check(model, StoodSinceAnEpochUnread, end, lives: 3, isDeferred: true));
        var other = StoodSinceAnEpochUnread.Replace("Start|3|root/1/A0/0.1|1|0|-1|1|343497208|", "Start|3|root/1/A0/0.1|1|0|-1|1|343497209|", StringComparison.Ordinal);
        Assert.NotEqual(StoodSinceAnEpochUnread, other);
        Assert.NotEmpty(Check(model, other, end, lives: 3, isDeferred: true));
    }

    private static List<string> Check(Model model, string notes, Ending end, int lives, bool isDeferred)
    {
        var parsed = notes.Split('\n').Select(static (line, at) => Note.Parse(line.Trim()) with { At = at }).ToList();
        return Oracle.Check(new() { Model = model, Root = parsed[0].Path.Split('/')[0], Notes = parsed, End = end, IsSession = true, Lives = lives, IsDeferred = isDeferred });
    }
}
